import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { onTestFinished } from "vitest";

/** What Linux keeps in memory, and how much room there must be: containers often have but a little. */
const MEMORY = { path: "/dev/shm", bytes: 2 * 1_073_741_824 };

/** Where folders of tests are that nobody kills: they need not wait for a disk at every commit. */
export const quickFolders: string = hasRoom() ? MEMORY.path : tmpdir();

function hasRoom(): boolean {
  try {
    const { bavail, bsize } = statfsSync(MEMORY.path);
    return bavail * bsize >= MEMORY.bytes;
  } catch {
    return false;
  }
}

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
