import { existsSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { openSealer } from "./open-sealer.ts";

const encryptionKey = "a key that is long enough to be one";

it("makes a key beside a file, and finds it again", () => {
  const keyFile = join(temporaryFolder(), "server.db.key");
  const sealed = openSealer({}, keyFile, true).seal(7, "text");
  expect(openSealer({}, keyFile, false).open(7, sealed)).toBe("text");
});

it("asks for a key that nodes share, as soon as something may be sealed", () => {
  const needs = "set server.encryptionKey";
  expect(() => openSealer({ adminToken: "a token" }, undefined, true)).toThrow(needs);
  expect(() => openSealer({}, undefined, false)).toThrow(needs);
  const sealed = openSealer({ encryptionKey, adminToken: "a token" }, undefined, true).seal(7, "text");
  expect(openSealer({ encryptionKey }, undefined, false).open(7, sealed)).toBe("text");
  expect(() => openSealer({}, undefined, true)).not.toThrow();
  expect(existsSync("undefined.key")).toBe(false);
});
