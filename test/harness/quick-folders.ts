import { statfsSync } from "node:fs";
import { tmpdir } from "node:os";

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
