import { join } from "node:path";

import { ConfigError, loadConfig } from "@muster/foundation";
import { expect, it } from "vitest";
import * as z from "zod";

import { temporaryFolder, writeConfig } from "../../../test/harness/folder.ts";
import { recorderSection } from "./config.ts";

const file = z.strictObject({ recorder: recorderSection });
const apps = [{ sdkAppId: 1400000001, token: "xxxxyyyy" }];

function load(recorder: unknown, environment: Record<string, string> = {}) {
  return loadConfig(file, { file: writeConfig(temporaryFolder(), { recorder }), environment }).recorder;
}

function problemsOf(recorder: unknown): string[] {
  try {
    load(recorder);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ path, allowed }) => `${path}: ${allowed}`);
    throw error;
  }
  return [];
}

it("is complete with nothing but the apps", () => {
  expect(load({ apps })).toEqual({
    host: "127.0.0.1",
    port: 9100,
    path: "/callback",
    store: "sqlite:.muster/recorder.db",
    apps,
    retention: {},
    mirror: true,
    sinks: [],
    logLevel: "info",
  });
});

it("takes every setting", () => {
  const all = {
    host: "::1",
    port: 0,
    path: "/",
    store: "sqlite:/tmp/recorder.db",
    apps: [{ sdkAppId: 1 }, { sdkAppId: 2, token: "t" }],
    retention: { eventDays: 90 },
    mirror: false,
    sinks: [],
    tls: { certFile: "cert.pem", keyFile: "key.pem" },
    logLevel: "debug",
  };
  expect(load(all)).toEqual(all);
});

it("takes a token from a file and a port from the environment", () => {
  const tokenFile = join(writeConfig(temporaryFolder(), "xxxxyyyy"));
  const environment = { MUSTER_RECORDER_PORT: "9200", MUSTER_RECORDER_APPS_0_TOKEN_FILE: tokenFile };
  expect(load({ apps: [{ sdkAppId: 1 }] }, environment)).toMatchObject({
    port: 9200,
    apps: [{ sdkAppId: 1, token: '"xxxxyyyy"' }],
  });
});

it.each([
  [{}, "recorder.apps: is missing: must be a list of at least one app"],
  [{ apps: [] }, "recorder.apps: must be a list of at least one app"],
  [{ apps: [{ sdkAppId: 1 }, { sdkAppId: 1, token: "t" }] }, "recorder.apps: must name each sdkAppId once"],
  [{ apps: [{ sdkAppId: 0 }] }, "recorder.apps[0].sdkAppId: must be an app's SDKAppID: a number from 1 to 4294967295"],
  [
    { apps: [{ sdkAppId: 1, previousToken: "t" }] },
    "recorder.apps[0].previousToken: must stand beside a token: alone it would be the token",
  ],
  [
    { apps: [{ sdkAppId: 1, token: "" }] },
    "recorder.apps[0].token: must be the token that the app's callbacks are signed with",
  ],
  [{ apps, port: 65_536 }, "recorder.port: must be a port from 0 to 65535 (0 takes a free one)"],
  [{ apps, path: "callback" }, "recorder.path: must be a path that begins with /"],
  [{ apps, path: "/call?back" }, "recorder.path: must be a path that begins with /"],
  [{ apps, path: "/:any" }, "recorder.path: must be a path that begins with /"],
  [{ apps, path: "/v1/events" }, "recorder.path: is one that the recorder answers itself: choose another"],
  [{ apps, path: "/metrics" }, "recorder.path: is one that the recorder answers itself: choose another"],
  [{ apps, store: "recorder.db" }, "recorder.store: must be sqlite: followed by the path of a file"],
  [{ apps, replica: "postgres://replica/muster" }, "recorder.replica: must be absent: the store is a file"],
  [{ apps, tls: { certFile: "cert.pem" } }, "recorder.tls.keyFile: is missing"],
  [
    { apps, hots: "::1" },
    "recorder.hots: is not known; known here: host, port, path, store, replica, adminToken, apps, retention, mirror, sinks, tls, logLevel",
  ],
])("refuses %j", (section, problem) => {
  expect(problemsOf(section)).toEqual([expect.stringContaining(problem)]);
});

it("names all that is wrong at once, and no token", () => {
  expect(problemsOf({ apps: [{ sdkAppId: "x", token: 7 }], port: -1, logLevel: "loud" })).toHaveLength(4);
  expect(() => load({ apps: [{ sdkAppId: 1, token: 12_345_678 }] })).toThrow(
    expect.not.objectContaining({ message: expect.stringContaining("12345678") }),
  );
});
