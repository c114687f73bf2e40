import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { newReconcileState } from "@muster/recorder";
import { expect, it } from "vitest";

import { temporaryFolder, writeConfig } from "../../../test/harness/folder.ts";
import { reconcileSides, type SideOptions } from "./reconcile-sides.ts";
import { createStateFile } from "./state-file.ts";

const fail = (problem: string): never => {
  throw new Error(problem);
};
const sides = (options: SideOptions) => reconcileSides(options, {}, fail);
const given = { sdkappid: 7, key: "k", backend: "http://127.0.0.1:9000" };

it("are what the options say", () => {
  expect(sides({ ...given, identifier: "boss", recorder: "http://r", token: "t", rate: 3 })).toEqual({
    backend: { url: given.backend, sdkAppId: 7, secretKey: "k", identifier: "boss", customFields: [], rate: 3 },
    recorder: { url: "http://r", path: "/callback", sdkAppId: 7, token: "t" },
  });
});

it("come with what lets one in at the recorder: an option, the environment, the configuration", () => {
  const recorder = { adminToken: "of the file", apps: [{ sdkAppId: 7 }] };
  const config = writeConfig(temporaryFolder(), { recorder });
  const environment = { MUSTER_RECORDER_ADMIN_TOKEN: "of the environment" };
  const tokenOf = (options: SideOptions, variables = {}) =>
    reconcileSides({ ...given, ...options }, variables, fail).recorder.adminToken;
  expect(tokenOf({})).toBeUndefined();
  expect(tokenOf({ config })).toBe("of the file");
  expect(tokenOf({ config }, environment)).toBe("of the environment");
  expect(tokenOf({ config, recorderToken: "given" }, environment)).toBe("given");
});

it("are what the configuration says, where the options say nothing", () => {
  const config = writeConfig(temporaryFolder(), {
    server: { port: 9001, host: "::1" },
    apps: [{ sdkAppId: 7, secretKey: "secret", administrators: ["root"], groupCustomFields: ["Colour"] }],
    recorder: { port: 9101, path: "/in", apps: [{ sdkAppId: 7, token: "t" }] },
  });
  expect(sides({ config })).toEqual({
    backend: {
      url: "http://[::1]:9001",
      sdkAppId: 7,
      secretKey: "secret",
      identifier: "root",
      customFields: ["Colour"],
      rate: 1_000,
    },
    recorder: { url: "http://127.0.0.1:9101", path: "/in", sdkAppId: 7, token: "t" },
  });
  expect(sides({ config, backend: "https://console.tim.qq.com" }).backend).toMatchObject({
    url: "https://console.tim.qq.com",
    rate: 1,
  });
});

it.each([
  ["https://console.tim.qq.com", 1],
  ["https://adminapisgp.im.qcloud.com", 1],
  ["https://qq.com.example.com", 20],
  ["https://im.example.com", 20],
  ["http://localhost:9000", 1_000],
  ["http://127.1.2.3", 1_000],
  ["http://[::1]:9000", 1_000],
])("call %s at most %d times a second, where nothing is said", (backend, rate) => {
  expect(sides({ ...given, backend }).backend.rate).toBe(rate);
});

it("say what is missing", () => {
  expect(() => sides({})).toThrow("--sdkappid");
  expect(() => sides({ sdkappid: 7 })).toThrow("--key");
  expect(() => sides({ sdkappid: 7, key: "k" })).toThrow("--backend");
});

it("go on where they were, unless the state is of others or cannot be read", () => {
  const path = join(temporaryFolder(), "folder", "state.json");
  const of = { backend: "http://b", recorder: "http://r", sdkAppId: 7 };
  const file = createStateFile(path, of);
  expect(file.read()).toBeUndefined();
  const state = { ...newReconcileState, phase: "compare" as const, after: "g", looked: 3, total: 9 };
  file.write(state);
  expect(file.read()).toEqual(state);
  expect(createStateFile(path, { ...of, sdkAppId: 8 }).read()).toBeUndefined();
  writeFileSync(path, '{"of":');
  expect(file.read()).toBeUndefined();
  file.write(state);
  file.remove();
  expect(file.read()).toBeUndefined();
});
