import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";

import { StartError } from "@muster/foundation";

/**
 * The key in a file; `undefined` where there is none.
 * @throws {StartError} `KEY_UNUSABLE`
 */
export function readKeyFile(path: string): string | undefined {
  let key: string;
  try {
    key = readFileSync(path, "utf8").trim();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new StartError("KEY_UNUSABLE", `The key file ${path} cannot be read: give this user the right to.`, error);
  }
  if (/^[0-9a-f]{64}$/.test(key)) return key;
  throw new StartError("KEY_UNUSABLE", `The key file ${path} holds no key of 64 hex digits: put the right one back.`);
}

/**
 * Makes a key file, for its owner alone, and returns the key once it is on disk: what is encrypted with a key that
 * a power cut takes away would be lost.
 * @throws {StartError} `KEY_UNUSABLE`
 */
export function makeKeyFile(path: string): string {
  const key = randomBytes(32).toString("hex");
  try {
    const file = openSync(path, "wx", 0o600);
    writeSync(file, `${key}\n`);
    fsyncSync(file);
    closeSync(file);
    const folder = openSync(dirname(path), "r");
    fsyncSync(folder);
    closeSync(folder);
  } catch (error) {
    throw new StartError(
      "KEY_UNUSABLE",
      `The key file ${path} cannot be written: give this user the right to, or set server.encryptionKey.`,
      error,
    );
  }
  return key;
}
