import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { ConfigError, loadConfig } from "@muster/foundation";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { temporaryFolder, writeConfig } from "../../../../test/harness/folder.ts";
import { sinksSection } from "./sink-settings.ts";

const file = z.strictObject({ sinks: sinksSection });
const SECRET = `whsec_${Buffer.from("a key of more than 24 bytes").toString("base64")}`;

function load(sinks: unknown, environment: Record<string, string> = {}) {
  return loadConfig(file, { file: writeConfig(temporaryFolder(), { sinks }), environment }).sinks;
}

function problemsOf(sinks: unknown, environment: Record<string, string> = {}): string[] {
  try {
    load(sinks, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split("\n").slice(1);
    throw error;
  }
  return [];
}

const http = { name: "crm", type: "http", url: "https://crm.example.com/events" };
const files = { name: "archive", type: "file", folder: "/var/lib/muster/events" };
const usual = { from: "beginning", retry: [1, 5, 30, 120, 600, 1_800] };

describe("the sinks of a configuration", () => {
  it("need little more than a name, a type and where to", () => {
    expect(load([http, files])).toEqual([
      { ...http, ...usual, concurrency: 8 },
      { ...files, ...usual, rotateMegabytes: 100, rotateHours: 24 },
    ]);
  });

  it("can be databases, streams and topics", () => {
    const database = { name: "sql", type: "postgres", database: "postgres://leckie:pw@db.example.com/crm" };
    const nats = { name: "nats", type: "nats", servers: ["nats://nats.example.com:4222"] };
    const kafka = { name: "kafka", type: "kafka", brokers: ["kafka.example.com:9092"], topic: "groups" };
    const sasl = { mechanism: "SCRAM-SHA-512", username: "leckie", password: "pw" };
    expect(load([database, nats, { ...kafka, sasl, tls: {} }])).toEqual([
      { ...database, ...usual, table: "muster_events" },
      { ...nats, ...usual, subject: "muster.{sdkAppId}.{type}" },
      { ...kafka, ...usual, sasl, tls: {} },
    ]);
    expect(
      problemsOf([
        { ...database, database: "mysql://me:pw-not-shown@db/crm", table: 'a"b' },
        { ...nats, servers: ["nats://me:pw@nats"], subject: "a.>" },
        { ...kafka, brokers: ["kafka"], topic: "a b", sasl: { ...sasl, mechanism: "GSSAPI", password: 7 } },
      ]),
    ).toEqual([
      expect.stringMatching(/sinks\[0\]\.database: must be postgres:\/\/user:password@host:port\/database$/),
      expect.stringContaining("sinks[0].table is"),
      expect.stringContaining("sinks[1].servers[0]"),
      expect.stringContaining("sinks[1].subject is"),
      expect.stringContaining("sinks[2].brokers[0] is"),
      expect.stringContaining("sinks[2].topic is"),
      expect.stringContaining('sinks[2].sasl.mechanism is "GSSAPI": must be "PLAIN" or "SCRAM-SHA-256"'),
      expect.stringMatching(/sinks\[2\]\.sasl\.password: must be the user's password$/),
    ]);
  });

  it("take secrets from files and from the environment", () => {
    const secretFile = join(temporaryFolder(), "secret");
    writeFileSync(secretFile, `${SECRET}\n`);
    const environment = { MUSTER_SINKS_0_AUTHORIZATION: "Bearer abc", MUSTER_SINKS_0_CONCURRENCY: "2" };
    expect(load([{ ...http, secretFile }, files], environment)).toMatchObject([
      { secret: SECRET, authorization: "Bearer abc", concurrency: 2 },
      {},
    ]);
  });

  it.each([
    [[{ ...http, type: "htp" }], 'sinks[0].type is "htp": must be "http" or "file" or "postgres" or "nats" or "kafka"'],
    [[{ name: "crm" }], 'sinks[0].type: is missing: must be "http" or "file" or "postgres" or "nats" or "kafka"'],
    [["crm"], 'sinks[0] is "crm": must be an object'],
    [[http, { ...files, name: "crm" }], 'sinks[1].name is "crm": must be another: two sinks cannot share one'],
    [[files, { ...files, name: "two" }], "sinks[1].folder is"],
    [[{ ...http, name: "a b" }], 'sinks[0].name is "a b": must be a name of letters, digits, - and _, at most 64'],
    [[{ ...http, url: "ftp://example.com/" }], "sinks[0].url: must be an http or https URL"],
    [[{ ...http, url: "https://me:secret@example.com/" }], "must have no user in it: use authorization"],
    [[{ ...http, secret: "abc" }], "sinks[0].secret: must be whsec_ and at least 24 bytes in base64"],
    [[{ ...http, folder: "/tmp" }], "sinks[0].folder: is not known; known here: type, name, from, sdkAppIds, commands"],
    [[{ ...http, commands: ["Group.CallbackAfterGroupDestroid"] }], "is no command of a group's callback"],
    [[{ ...http, commands: [] }], "sinks[0].commands is a list: must be the callbacks that it is for"],
    [[{ ...http, retry: [0] }], "sinks[0].retry[0] is 0: must be a number"],
    [[{ ...files, rotateHours: 0 }], "sinks[0].rotateHours is 0: must be another file is begun"],
  ])("say what is wrong with them: %j", (sinks, problem) => {
    expect(problemsOf(sinks)).toEqual([expect.stringContaining(problem)]);
  });

  it("never have their secrets shown", () => {
    const secret = "whsec_do-not-print-me";
    for (const sink of [
      { ...http, secret },
      { ...http, authorization: `${secret}\n` },
      { ...files, secret },
      { ...http, url: `https://${secret}@example.com/` },
    ]) {
      expect(problemsOf([sink])).toEqual([expect.not.stringContaining("do-not")]);
    }
  });
});
