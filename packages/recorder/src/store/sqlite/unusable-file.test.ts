import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { startTestRecorder } from "../../../../../test/harness/recorder.ts";

const unusable = (remedy: string) =>
  expect.objectContaining({
    name: "StartError",
    code: "STORE_UNUSABLE",
    message: expect.stringContaining(remedy),
  }) as unknown;

it("keeps a recorder from starting where it is something else", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "recorder.db"), "Dear diary,".repeat(1000));
  await expect(startTestRecorder({ folder })).rejects.toEqual(unusable("set another path"));
});

it("keeps a recorder from starting where another has it, which goes on", async () => {
  const first = await startTestRecorder();
  await expect(startTestRecorder({ folder: first.folder })).rejects.toEqual(unusable("stop that process first"));
  const body = { CallbackCommand: "Group.CallbackAfterGroupFull", GroupId: "chess" };
  expect((await first.post({ body })).status).toBe(200);
});
