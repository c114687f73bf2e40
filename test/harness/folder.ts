import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { onTestFinished } from "vitest";

import { quickFolders } from "./quick-folders.ts";

/**
 * A folder that is gone when the test is over.
 * @param parent `tmpdir()` where what is written is to be on disk: commits take their time there, and kills hit them
 */
export function temporaryFolder(parent: string = quickFolders): string {
  const folder = mkdtempSync(join(parent, "muster-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a configuration file into a folder and returns its path. */
export function writeConfig(folder: string, config: unknown): string {
  const file = join(folder, "muster.json");
  writeFileSync(file, JSON.stringify(config));
  return file;
}
