import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import * as z from "zod";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { ConfigError, type ConfigProblem } from "./config-error.ts";
import { loadConfig } from "./load-config.ts";
import { secretText } from "./schema-tree.ts";
import * as settings from "./settings.ts";

const schema = z.strictObject({
  server: z
    .strictObject({
      host: settings.host.default("127.0.0.1"),
      port: settings.port.default(9000),
      store: settings.store.default("sqlite:data.db"),
      adminToken: secretText("the bearer token of the admin API").optional(),
      tls: settings.tls.optional(),
      logLevel: settings.logLevel.default("info"),
    })
    .prefault({}),
  apps: z
    .array(
      z.strictObject({
        sdkAppId: settings.sdkAppId,
        secretKey: secretText("the key that UserSigs are signed with"),
        administrators: z.array(z.string()).default(["administrator"]),
        features: z.strictObject({ community: z.boolean().default(false) }).prefault({}),
      }),
    )
    .min(1),
});

const app = { sdkAppId: 1400000001, secretKey: "key-of-the-app" };

type Environment = Readonly<Record<string, string>>;

function load(content: unknown, environment: Environment = {}): z.output<typeof schema> {
  const file = join(temporaryFolder(), "muster.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return loadConfig(schema, { file, environment });
}

function errorOf(attempt: () => unknown): ConfigError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the configuration was taken");
}

function problemsOf(content: unknown, environment: Environment = {}): readonly ConfigProblem[] {
  return errorOf(() => load(content, environment)).problems;
}

describe("a configuration", () => {
  it("is the file, completed with the defaults", () => {
    expect(load({ server: { port: 9001 }, apps: [app] })).toEqual({
      server: { host: "127.0.0.1", port: 9001, store: "sqlite:data.db", logLevel: "info" },
      apps: [{ ...app, administrators: ["administrator"], features: { community: false } }],
    });
  });

  it("is frozen, all the way down", () => {
    const config = load({ apps: [app] });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.server)).toBe(true);
    expect(Object.isFrozen(config.apps)).toBe(true);
    expect(Object.isFrozen(config.apps[0]?.administrators)).toBe(true);
    expect(Object.isFrozen(config.apps[0]?.features)).toBe(true);
  });

  it("is refused with all that is wrong with it at once: where, what stands there, what is allowed", () => {
    const problems = problemsOf({
      server: { host: "", port: 70_000, store: "mysql:x", logLevel: "loud", tls: { certFile: "cert.pem" } },
      apps: [{ ...app, sdkAppId: "1400000001", administrators: "administrator", features: { community: 1 } }, {}],
    });
    expect(problems).toEqual([
      { path: "server.host", value: '""', allowed: "must be an address of this machine or a name for one" },
      { path: "server.port", value: "70000", allowed: "must be a port from 0 to 65535 (0 takes a free one)" },
      { path: "server.store", value: '"mysql:x"', allowed: "must be sqlite: followed by the path of a file" },
      { path: "server.tls.keyFile", allowed: "is missing: must be the path of a PEM file with the certificate's key" },
      { path: "server.logLevel", value: '"loud"', allowed: "must be debug, info, warn, error, silent" },
      {
        path: "apps[0].sdkAppId",
        value: '"1400000001"',
        allowed: "must be an app's SDKAppID: a number from 1 to 4294967295",
      },
      { path: "apps[0].administrators", value: '"administrator"', allowed: "must be a list" },
      { path: "apps[0].features.community", value: "1", allowed: "must be true or false" },
      {
        path: "apps[1].sdkAppId",
        allowed: "is missing: must be an app's SDKAppID: a number from 1 to 4294967295",
      },
      { path: "apps[1].secretKey", allowed: "is missing: must be the key that UserSigs are signed with" },
    ]);
  });

  it("says all of it in the message, a line for each problem", () => {
    const file = join(temporaryFolder(), "muster.json");
    writeFileSync(file, JSON.stringify({ server: { port: -1 }, apps: [] }));
    const { message } = errorOf(() => loadConfig(schema, { file, environment: {} }));
    const [head, ...lines] = message.split("\n");
    expect(head).toBe(`The configuration (${file}) cannot be used:`);
    expect(lines).toEqual([
      "  server.port is -1: must be a port from 0 to 65535 (0 takes a free one)",
      "  apps is a list: must be a list",
    ]);
  });

  it("may hold nothing that is not known, and the error names what is", () => {
    expect(problemsOf({ server: { prot: 9001, tls: null }, apps: [app], extra: 1 })).toEqual([
      { path: "server.tls", value: "null", allowed: "must be an object" },
      { path: "server.prot", allowed: "is not known; known here: host, port, store, adminToken, tls, logLevel" },
      { path: "extra", allowed: "is not known; known here: server, apps" },
    ]);
  });

  it("shortens what is long", () => {
    const [problem] = problemsOf({ server: { store: "x".repeat(1000) }, apps: [app] });
    expect(problem?.value).toBe(`"${"x".repeat(76)}...`);
  });
});

describe("the file", () => {
  it("must be there, and the error says how to name another", () => {
    const file = join(temporaryFolder(), "missing.json");
    const [problem] = errorOf(() => loadConfig(schema, { file, environment: {} })).problems;
    expect(problem?.path).toBe("the file");
    expect(problem?.allowed).toMatch(/^cannot be read \(ENOENT: .*\): name one with --config$/);
  });

  it.each([
    ["", "must be JSON: Unexpected end of JSON input"],
    ['{"apps": [],}', "must be JSON: Expected double-quoted property name in JSON at position 12 (line 1 column 13)"],
    ['{\n "apps": [],\n "x": // why\n}', "must be JSON: Unexpected token '/' in or near line 3"],
    ["[]", "must hold one JSON object"],
    ["null", "must hold one JSON object"],
    ['"text"', "must hold one JSON object"],
  ])("must be one JSON object: %j", (text, allowed) => {
    expect(problemsOf(text)).toEqual([{ path: "the file", allowed }]);
  });

  it("may begin with the mark that some editors put before a text", () => {
    expect(load(`\uFEFF${JSON.stringify({ apps: [app] })}`).apps).toHaveLength(1);
  });

  it("cannot be a folder", () => {
    const file = join(temporaryFolder(), "folder");
    mkdirSync(file);
    const [problem] = errorOf(() => loadConfig(schema, { file, environment: {} })).problems;
    expect(problem?.allowed).toContain("EISDIR");
  });
});

describe("the environment", () => {
  it("overrides single values, also in lists, and makes what is missing on the way", () => {
    const { server, apps } = load(
      { server: { port: 1 }, apps: [app] },
      {
        MUSTER_SERVER_PORT: "9001",
        MUSTER_SERVER_LOG_LEVEL: "warn",
        MUSTER_SERVER_TLS_CERT_FILE: "cert.pem",
        MUSTER_SERVER_TLS_KEY_FILE: "key.pem",
        MUSTER_APPS_0_SECRET_KEY: "another",
        MUSTER_APPS_0_FEATURES_COMMUNITY: "true",
        MUSTER_APPS_1_SDK_APP_ID: "7",
        MUSTER_APPS_1_SECRET_KEY: "12345",
        MUSTER_APPS_1_ADMINISTRATORS: '["leckie", "peter"]',
        MUSTER_APPS_1_ADMINISTRATORS_1: "bob",
        PATH: "/bin",
      },
    );
    expect(server).toMatchObject({ port: 9001, logLevel: "warn", tls: { certFile: "cert.pem", keyFile: "key.pem" } });
    expect(apps).toEqual([
      { sdkAppId: 1400000001, secretKey: "another", administrators: ["administrator"], features: { community: true } },
      { sdkAppId: 7, secretKey: "12345", administrators: ["leckie", "bob"], features: { community: false } },
    ]);
  });

  it("takes a number for what may be a word or a number", () => {
    const choice = z.object({ rate: z.union([z.literal("usual"), z.int()]) });
    const file = join(temporaryFolder(), "muster.json");
    writeFileSync(file, "{}");
    expect(loadConfig(choice, { file, environment: { MUSTER_RATE: "7" } })).toEqual({ rate: 7 });
    expect(loadConfig(choice, { file, environment: { MUSTER_RATE: "usual" } })).toEqual({ rate: "usual" });
  });

  it("is enough without a single section in the file", () => {
    const { apps } = load({}, { MUSTER_APPS_0_SDK_APP_ID: "7", MUSTER_APPS_0_SECRET_KEY: "k" });
    expect(apps[0]).toMatchObject({ sdkAppId: 7, secretKey: "k" });
  });

  it.each([
    "MUSTER_SERVER_PROT",
    "MUSTER_SERVER",
    "MUSTER_",
    "MUSTER_APPS_X_SECRET_KEY",
    "MUSTER_APPS_0_SECRET",
    "MUSTER_SERVER_PORT_FILE",
  ])("may hold no %s, which is no setting", (name) => {
    // A section as a whole can be named, but is no text.
    const [problem] = problemsOf({ apps: [app] }, { [name]: "1" });
    expect(problem).toEqual(
      name === "MUSTER_SERVER"
        ? { path: "server", value: "1", allowed: "must be an object" }
        : { path: name, allowed: "is no setting: check its spelling, or unset it" },
    );
  });

  it("may tell of services that are called like this one, as Kubernetes does", () => {
    const { server } = load(
      { server: { port: 9001 }, apps: [app] },
      {
        MUSTER_SERVICE_HOST: "10.96.0.7",
        MUSTER_SERVICE_PORT: "9000",
        MUSTER_SERVICE_PORT_HTTP: "9000",
        MUSTER_PORT: "tcp://10.96.0.7:9000",
        MUSTER_PORT_9000_TCP: "tcp://10.96.0.7:9000",
        MUSTER_PORT_9000_TCP_PROTO: "tcp",
        MUSTER_PORT_9000_TCP_PORT: "9000",
        MUSTER_PORT_9000_TCP_ADDR: "10.96.0.7",
        MUSTER_SERVER_SERVICE_HOST: "10.96.0.8",
        MUSTER_SERVER_PORT: "tcp://10.96.0.8:9000",
        MUSTER_SERVER_PORT_9000_TCP_ADDR: "10.96.0.8",
      },
    );
    expect(server.port).toBe(9001);
    expect(problemsOf({ apps: [app] }, { MUSTER_PORT: "9000" })).toMatchObject([{ path: "MUSTER_PORT" }]);
  });

  it("is checked like the file, and by the setting's own place", () => {
    expect(
      problemsOf(
        { apps: [app] },
        { MUSTER_SERVER_PORT: "many", MUSTER_APPS_0_FEATURES_COMMUNITY: "yes", MUSTER_X: "1" },
      ),
    ).toEqual([
      { path: "MUSTER_X", allowed: "is no setting: check its spelling, or unset it" },
      { path: "server.port", value: '"many"', allowed: "must be a port from 0 to 65535 (0 takes a free one)" },
      { path: "apps[0].features.community", value: '"yes"', allowed: "must be true or false" },
    ]);
  });
});

describe("a secret", () => {
  function secretFile(content: string): string {
    const file = join(temporaryFolder(), "secret");
    writeFileSync(file, content);
    return file;
  }

  it.each([
    ["s3cret", "s3cret"],
    ["s3cret\n", "s3cret"],
    ["s3cret\r\n", "s3cret"],
    ["two\nlines\n\n", "two\nlines\n"],
    ["\uFEFFs3cret\r\n", "s3cret"],
  ])("can be read from a file, whose last line break does not count: %j", (content, secretKey) => {
    const { apps } = load({ apps: [{ sdkAppId: 7, secretKeyFile: secretFile(content) }] });
    expect(apps[0]?.secretKey).toBe(secretKey);
  });

  it("can have its file named by the environment", () => {
    const { server } = load({ apps: [app] }, { MUSTER_SERVER_ADMIN_TOKEN_FILE: secretFile("of the admin") });
    expect(server.adminToken).toBe("of the admin");
  });

  it("cannot be given both ways", () => {
    expect(problemsOf({ apps: [{ ...app, secretKeyFile: secretFile("x") }] })).toEqual([
      { path: "apps[0].secretKeyFile", allowed: "is given beside apps[0].secretKey: only one of the two can be" },
    ]);
  });

  it("must be readable where its file is named", () => {
    const missing = join(temporaryFolder(), "missing");
    const [problem, ...others] = problemsOf({ apps: [{ sdkAppId: 7, secretKeyFile: missing }] });
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ path: "apps[0].secretKeyFile", value: JSON.stringify(missing) });
    expect(problem?.allowed).toMatch(/^cannot be read \(ENOENT/);
  });

  it("must have the path of a file there, not something else", () => {
    expect(problemsOf({ server: { adminTokenFile: 5 }, apps: [app] })).toEqual([
      { path: "server.adminTokenFile", value: "5", allowed: "must be the path of a file" },
    ]);
  });

  it("must not be empty", () => {
    expect(problemsOf({ apps: [{ sdkAppId: 7, secretKeyFile: secretFile("\n") }] })).toEqual([
      { path: "apps[0].secretKey", allowed: "must be the key that UserSigs are signed with" },
    ]);
  });

  const secret = "do-not-print-me";
  it.each<[string, unknown, Environment]>([
    ["of the wrong type", { apps: [{ sdkAppId: 7, secretKey: [secret] }] }, {}],
    ["beside an error", { server: { port: -1, adminToken: secret }, apps: [{ sdkAppId: 7, secretKey: secret }] }, {}],
    ["in an object where a list must be", { apps: { sdkAppId: 7, secretKey: secret } }, {}],
    ["in a list where an object must be", { server: [{ adminToken: secret }], apps: [app] }, {}],
    ["in an object where a text must be", { server: { host: { adminToken: secret } }, apps: [app] }, {}],
    ["under a name that is not known", { server: { admintoken: secret }, apps: [app] }, {}],
    ["of the environment, under a name that is not known", { apps: [app] }, { MUSTER_ADMIN_TOKEN: secret }],
    [
      "of the environment, beside a file",
      { apps: [{ sdkAppId: 7, secretKeyFile: "x" }] },
      { MUSTER_APPS_0_SECRET_KEY: secret },
    ],
    ["in a text that is not JSON, without quotes", `{"apps": [{"secretKey": ${secret}}]}`, {}],
    ["in a text that is not JSON, cut off", `{"apps": [{"secretKey": "${secret}`, {}],
    ["in a text that is not JSON, with a comment", `{"secretKey": "${secret}" // mine\n}`, {}],
    ["in a text that is not JSON, in single quotes", `{"secretKey": '${secret}'}`, {}],
  ])("is never shown in an error: %s", (_where, content, environment) => {
    const { message, problems } = errorOf(() => load(content, environment));
    for (const text of [message, JSON.stringify(problems)]) {
      for (let i = 0; i + 5 <= secret.length; i += 1) expect(text).not.toContain(secret.slice(i, i + 5));
    }
  });
});
