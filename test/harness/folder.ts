import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "muster-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a configuration file into a folder and returns its path. */
export function writeConfig(folder: string, config: unknown): string {
  const file = join(folder, "muster.json");
  writeFileSync(file, JSON.stringify(config));
  return file;
}
