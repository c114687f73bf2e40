import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../test/harness/folder.ts";
import { watchFiles } from "./watch-files.ts";

/** Writes a file that is there as a whole or not at all: whoever watches sees one change. */
function put(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

it("tells of each change since it was called, and of none before", async () => {
  const folder = temporaryFolder();
  const [path, other] = [join(folder, "a.pem"), join(folder, "b.pem")];
  put(path, "1");
  let changes = 0;
  onTestFinished(watchFiles([path, other], () => (changes += 1), 5));
  // Before there was time for a first look.
  put(path, "2");
  await expect.poll(() => changes).toBe(1);
  put(other, "1");
  await expect.poll(() => changes).toBe(2);
  rmSync(path);
  await expect.poll(() => changes).toBe(3);
  put(path, "2");
  await expect.poll(() => changes).toBe(4);
});
