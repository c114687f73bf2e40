import { createPrivateKey } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { ConfigError, loadConfig, type ConfigProblem } from "@muster/foundation";
import { callbackCommands, callbackRow, callbackSwitches } from "@muster/protocol";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { certificate, certificateFolder, certified } from "../../../test/harness/certificates.ts";
import { temporaryFolder } from "../../../test/harness/folder.ts";
import { appsSection, serverConfig, serverSection, toApp, type ServerConfig } from "./config.ts";

const schema = z.strictObject({ server: serverSection.prefault({}), apps: appsSection });
const least = { sdkAppId: 1400000001, secretKey: "key" };
const client = certified("client");
const withPassword = (key: string): string =>
  createPrivateKey(key).export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "p" }).toString();
const url = "https://backend.example.com/callback";

function load(content: unknown): ServerConfig {
  const file = join(temporaryFolder(), "muster.json");
  writeFileSync(file, JSON.stringify(content));
  const { server, apps } = loadConfig(schema, { file, environment: {} });
  return serverConfig(server, apps);
}

/** The configuration of one app that has this beside what must be. */
const app = (more: Record<string, unknown>): unknown => ({ apps: [{ ...least, ...more }] });

function problemsOf(content: unknown): readonly ConfigProblem[] {
  try {
    load(content);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const firstApp = (content: unknown) => load(content).apps.map((settings) => toApp(settings))[0];

describe("a server", () => {
  it("has the documented defaults", () => {
    const { apps, ...server } = load({ apps: [least] });
    expect(server).toEqual({
      host: "127.0.0.1",
      port: 9000,
      store: "sqlite:.muster/server.db",
      tls: undefined,
      retention: { callbackDays: 30, deadLetterDays: 90 },
      logLevel: "info",
    });
    expect(apps).toHaveLength(1);
  });

  it("is what was configured", () => {
    const tls = { certFile: "cert.pem", keyFile: "key.pem" };
    const server = { host: "::1", port: 0, store: "sqlite:x.db", tls, logLevel: "warn", adminToken: "t" };
    expect(load({ server, apps: [least] })).toMatchObject({
      host: "::1",
      port: 0,
      store: "sqlite:x.db",
      tls,
      logLevel: "warn",
    });
  });

  it.each([
    ["that is none", { store: "postgre://muster:do-not-print@db/muster" }],
    ["of a replica of a file", { replica: "postgres://muster:do-not-print@db/muster" }],
    ["of a replica that is none", { store: "postgres://db/muster", replica: "db:do-not-print@5432" }],
  ])("shows no password of a database's URL in an error: %s", (_what, server) => {
    const problems = problemsOf({ server, apps: [least] });
    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain("do-not-print");
  });

  it("can have the database's URL, which holds a password, in a file", () => {
    const file = join(temporaryFolder(), "url");
    writeFileSync(file, "postgres://muster:secret@db/muster\n");
    expect(load({ server: { storeFile: file }, apps: [least] }).store).toBe("postgres://muster:secret@db/muster");
  });

  it("cannot be changed any more", () => {
    const config = load({ apps: [least] });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.apps[0])).toBe(true);
  });
});

describe("an app", () => {
  it("has the documented defaults", () => {
    expect(firstApp({ apps: [least] })).toEqual({
      sdkAppId: 1400000001,
      name: "",
      secretKeys: ["key"],
      administrators: new Set(["administrator"]),
      features: { community: false, topic: false },
      groupCustomFields: new Set(),
      memberCustomFields: new Set(),
      profile: { eventTime: "number", typeNames: "old" },
      quantities: {
        newGroupsPerDay: 10_000,
        groupsPerUser: 5_000,
        topicsPerCommunity: 200,
        membersPerGroup: { Work: 6_000, Public: 6_000, Meeting: 6_000, Community: 100_000 },
      },
      rates: undefined,
      callback: undefined,
    });
  });

  it("is what was configured", () => {
    const callback = { url, token: "t", allowPrivateNetwork: true, switches: ["Group.CallbackAfterGroupFull"] };
    const configured = firstApp(
      app({
        name: "demo",
        administrators: ["leckie", "peter"],
        features: { community: true },
        groupCustomFields: ["UserDefined1", "_x"],
        profile: { eventTime: "string" },
        callback,
      }),
    );
    expect(configured).toMatchObject({
      name: "demo",
      administrators: new Set(["leckie", "peter"]),
      features: { community: true, topic: false },
      groupCustomFields: new Set(["UserDefined1", "_x"]),
      profile: { eventTime: "string", typeNames: "old" },
      callback: { url, token: "t", allowPrivateNetwork: true, enabled: new Set(["Group.CallbackAfterGroupFull"]) },
    });
  });

  it.each<[string, unknown, Partial<ConfigProblem>]>([
    ["no apps", { apps: [] }, { path: "apps" }],
    ["no secretKey", { apps: [{ sdkAppId: 1 }] }, { path: "apps[0].secretKey" }],
    ["an sdkAppId of 0", app({ sdkAppId: 0 }), { path: "apps[0].sdkAppId", value: "0" }],
    ["no administrators", app({ administrators: [] }), { path: "apps[0].administrators" }],
    ["eleven administrators", app({ administrators: Array(11).fill("a") }), { path: "apps[0].administrators" }],
    ["an administrator without a name", app({ administrators: [""] }), { path: "apps[0].administrators[0]" }],
    [
      "eleven custom fields",
      app({ groupCustomFields: Array.from({ length: 11 }, (_, i) => `k${i}`) }),
      { path: "apps[0].groupCustomFields" },
    ],
    [
      "a custom field of 17 letters",
      app({ groupCustomFields: ["x".repeat(17)] }),
      { path: "apps[0].groupCustomFields[0]" },
    ],
    [
      "a custom field that begins with a digit",
      app({ groupCustomFields: ["1a"] }),
      { path: "apps[0].groupCustomFields[0]" },
    ],
    [
      "a spelling that there is not",
      app({ profile: { eventTime: "text" } }),
      { allowed: 'must be "number" or "string"' },
    ],
    ["a feature that there is not", app({ features: { threads: true } }), { path: "apps[0].features.threads" }],
    ["less than none", app({ quantities: { groups: -1 } }), { path: "apps[0].quantities.groups" }],
    ["a quantity that there is not", app({ quantities: { users: 1 } }), { path: "apps[0].quantities.users" }],
    [
      "groups of more members than their type takes",
      app({ quantities: { membersPerGroup: { Work: 6_001 } } }),
      { path: "apps[0].quantities.membersPerGroup.Work", allowed: "must be a number from 1 to 6000" },
    ],
    [
      "AVChatRooms that count members",
      app({ quantities: { membersPerGroup: { AVChatRoom: 5 } } }),
      { path: "apps[0].quantities.membersPerGroup.AVChatRoom" },
    ],
    [
      "rates that there are not",
      app({ rates: "usual" }),
      { path: "apps[0].rates", allowed: 'must be "documented" or a number of calls a second from 1 to 1000000' },
    ],
    ["rates of nothing", app({ rates: 0 }), { path: "apps[0].rates" }],
    ["a URL that is none", app({ callback: { url: "backend" } }), { path: "apps[0].callback.url", value: '"backend"' }],
    [
      "a URL of another scheme",
      app({ callback: { url: "ftp://x/" } }),
      { allowed: "must be a URL that begins with http:// or https://" },
    ],
    [
      "a password in the URL",
      app({ callback: { url: "http://a:b@x/" } }),
      { allowed: expect.stringContaining("set a token instead") },
    ],
    [
      "a token of 129 characters",
      app({ callback: { url, token: "x".repeat(129) } }),
      { path: "apps[0].callback.token" },
    ],
    ["an empty token", app({ callback: { url, token: "" } }), { path: "apps[0].callback.token" }],
    [
      "an authority that is none",
      app({ callback: { url, tls: { ca: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----" } } }),
      { path: "apps[0].callback.tls.ca", allowed: expect.stringContaining("PEM text") },
    ],
    [
      "a client certificate without its key",
      app({ callback: { url, tls: { cert: client.cert } } }),
      { path: "apps[0].callback.tls.key", allowed: "must be given beside cert" },
    ],
    [
      "a key without its certificate",
      app({ callback: { url, tls: { key: client.key } } }),
      { path: "apps[0].callback.tls.cert", allowed: "must be given beside key" },
    ],
    [
      "another certificate's key",
      app({ callback: { url, tls: { cert: client.cert, key: certified("server").key } } }),
      { path: "apps[0].callback.tls.key", allowed: "must be the private key of cert: it is another's" },
    ],
    [
      "a key that a password is needed for",
      app({ callback: { url, tls: { cert: client.cert, key: withPassword(client.key) } } }),
      { path: "apps[0].callback.tls.key", allowed: expect.stringContaining("no password") },
    ],
    ...[
      ["10.1.0.0", "must be a network like 10.1.0.0/16 or fd00:1::/32"],
      ["10.1.0.0/33", "must be a network like 10.1.0.0/16 or fd00:1::/32"],
      ["backend/16", "must be a network like 10.1.0.0/16 or fd00:1::/32"],
      ["10.1/16", "must be a network like 10.1.0.0/16, with all four numbers"],
      ["0.0.0.0/0", "must not be wider than /8"],
      ["::/0", "must not be wider than /7"],
      ["10.1.2.3/16", "must begin with its first address: 10.1.0.0/16"],
      ["fd00:1::1/32", "must begin with its first address: fd00:1::/32"],
      ["::ffff:10.1.0.0/112", "must be written as the IPv4 network it is"],
    ].map(([network, allowed]): [string, unknown, object] => [
      `the network ${network}`,
      app({ callback: { url, allowNetworks: ["10.1.0.0/16", network] } }),
      { path: "apps[0].callback.allowNetworks[1]", allowed },
    ]),
  ])("cannot have %s", (_what, content, problem) => {
    expect(problemsOf(content)).toEqual([expect.objectContaining(problem)]);
  });

  it("may set single quantities, and leaves the others as they are", () => {
    const { quantities } = firstApp(app({ quantities: { groups: 100, membersPerGroup: { Work: 20 } } })) ?? {};
    expect(quantities).toMatchObject({ groups: 100, groupsPerUser: 5_000 });
    expect(quantities?.membersPerGroup).toEqual({ Work: 20, Public: 6_000, Meeting: 6_000, Community: 100_000 });
  });

  it.each(["documented", 1, 1_000_000])("may set its rates: %j", (rates) => {
    expect(firstApp(app({ rates }))).toMatchObject({ rates });
  });

  it("has certificates as texts or from files, and networks", () => {
    const file = (name: string): string => join(certificateFolder, `${name}.pem`);
    const files = { caFile: file("authority.cert"), certFile: file("client.cert"), keyFile: file("client.key") };
    const tls = { ca: certificate("authority").trimEnd(), cert: client.cert.trimEnd(), key: client.key.trimEnd() };
    const allowNetworks = ["10.1.0.0/16", "fd00:1::/32"];
    expect(firstApp(app({ callback: { url, tls: files, allowNetworks } }))).toMatchObject({
      callback: { tls, allowNetworks, allowPrivateNetwork: false },
    });
    expect(firstApp(app({ callback: { url, tls } }))).toMatchObject({ callback: { tls, allowNetworks: [] } });
  });

  it.each([
    ["http://10.0.0.1/", {}, "is private: set allowPrivateNetwork, or list its network in allowNetworks"],
    ["http://0x7f.1/", { allowNetworks: ["10.0.0.0/8"] }, "127.0.0.1, which is private"],
    ["http://[::ffff:192.168.0.1]:8080/", {}, "is private"],
    ["https://240.0.0.1/", { allowPrivateNetwork: true }, "is reserved: give a public address, or list"],
    ["http://169.254.169.254/x", { allowPrivateNetwork: true }, "no setting allows: give the address, or the name"],
    ["http://168.63.129.16/", { allowNetworks: ["168.63.129.16/32"] }, "no setting allows"],
  ])("cannot have a URL that names an address where nothing is ever sent: %s", (forbidden, callback, why) => {
    const config = app({ name: "demo", callback: { url: forbidden, ...callback } });
    expect(problemsOf(config)).toMatchObject([
      { path: "apps[0].callback.url", value: JSON.stringify(forbidden), allowed: expect.stringContaining(why) },
    ]);
  });

  it.each([
    ["http://10.0.0.1/", { allowPrivateNetwork: true }],
    ["http://10.0.0.1/", { allowNetworks: ["10.0.0.0/16"] }],
    ["http://8.8.8.8/", {}],
    ["http://localhost/", {}],
    ["http://10.0.0.1.example.com/", {}],
  ])("can have a URL whose address is allowed, or has yet to be found: %s %j", (allowed, callback) => {
    expect(problemsOf(app({ callback: { url: allowed, ...callback } }))).toEqual([]);
  });

  it("is told once of what is wrong with its URL and networks", () => {
    const callback = { url: "http://10.0.0.1:x/", allowNetworks: ["10.0.0.0"] };
    expect(problemsOf(app({ callback })).map(({ path }) => path)).toEqual([
      "apps[0].callback.url",
      "apps[0].callback.allowNetworks[0]",
    ]);
  });

  it("shows no private key in an error", () => {
    const problems = problemsOf(app({ callback: { url, tls: { cert: "none", key: client.key } } }));
    expect(problems).toHaveLength(1);
    const wrong = problemsOf(app({ callback: { url, tls: { cert: client.cert, key: certified("server").key } } }));
    expect(JSON.stringify([...problems, ...wrong])).not.toMatch(/PRIVATE KEY/);
  });

  it("shows neither key nor token in an error", () => {
    const problems = problemsOf({ apps: [{ sdkAppId: -1, secretKey: 5, callback: { url, token: "x".repeat(129) } }] });
    expect(problems).toHaveLength(3);
    expect(JSON.stringify(problems)).not.toContain("xxx");
    expect(problems.find(({ path }) => path === "apps[0].secretKey")).not.toHaveProperty("value");
  });

  it("cannot share its id with another", () => {
    expect(problemsOf({ apps: [least, { ...least, sdkAppId: 7 }, least] })).toEqual([
      { path: "apps[2].sdkAppId", value: "1400000001", allowed: "must be another: two apps cannot share one" },
    ]);
  });
});

describe("a switch", () => {
  const enabledBy = (...switches: string[]) => firstApp(app({ callback: { url, switches } }))?.callback?.enabled;

  it("turns on its own callback, and those that have none of their own", () => {
    expect(enabledBy()).toEqual(new Set());
    expect(enabledBy("Group.CallbackAfterGroupFull")).toEqual(new Set(["Group.CallbackAfterGroupFull"]));
    expect(enabledBy("Group.CallbackAfterGroupDestroyed")).toEqual(
      new Set(["Group.CallbackAfterGroupDestroyed", "Group.CallbackAfterTopicDestroyed"]),
    );
    expect(enabledBy("Group.CallbackAfterCreateGroup", "Group.CallbackBeforeCreateGroup")).toEqual(
      new Set([
        "Group.CallbackBeforeCreateGroup",
        "Group.CallbackAfterCreateGroup",
        "Group.CallbackBeforeCreateTopic",
        "Group.CallbackAfterCreateTopic",
      ]),
    );
  });

  it("all of them together turn on every callback", () => {
    expect(enabledBy(...callbackSwitches)).toEqual(new Set(callbackCommands));
  });

  it.each(callbackCommands.filter((command) => callbackRow(command).switch !== command))(
    "is not %s: the error names the one to use",
    (command) => {
      expect(problemsOf(app({ callback: { url, switches: [command] } }))).toEqual([
        {
          path: "apps[0].callback.switches[0]",
          value: JSON.stringify(command),
          allowed: `has no switch of its own: use ${callbackRow(command).switch}, which turns it on as well`,
        },
      ]);
    },
  );

  it.each(["Group.CallbackAfterGroupDestroy", "CallbackAfterGroupDestroyed", "", "constructor"])(
    "is one of those that there are, not %j: the error names them all",
    (name) => {
      const [problem] = problemsOf(app({ callback: { url, switches: [name] } }));
      expect(problem).toMatchObject({ path: "apps[0].callback.switches[0]", value: JSON.stringify(name) });
      for (const known of callbackSwitches) expect(problem?.allowed).toContain(known);
    },
  );
});
