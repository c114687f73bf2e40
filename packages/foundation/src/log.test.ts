import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../test/harness/folder.ts";
import { limitFiles } from "../../../test/harness/limit-files.ts";

const log = JSON.stringify(join(import.meta.dirname, "log.ts"));

it("goes on with the program where the disk is full, and is written again once there is room", async () => {
  const file = join(temporaryFolder(), "program.log");
  const script = `
    const { createLog } = await import(${log});
    const log = createLog("test", "info");
    let n = 0;
    setInterval(() => {
      log.info({ n }, "still here");
      process.stdout.write(n + "\\n");
      n += 1;
    }, 5);
  `;
  const target = openSync(file, "a");
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", target],
  });
  closeSync(target);
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = -1;
  child.stdout?.on("data", (chunk: Buffer) => {
    said = Number(chunk.toString().trimEnd().split("\n").at(-1));
  });
  const logged = (): number[] =>
    readFileSync(file, "utf8")
      .split("\n")
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { n: number }).n);
  await expect.poll(() => logged().length).toBeGreaterThan(0);
  const { pid = 0 } = child;
  limitFiles(pid, statSync(file).size);
  const full = said;
  await expect.poll(() => said).toBeGreaterThan(full + 20);
  limitFiles(pid);
  await expect.poll(() => logged().at(-1) ?? 0).toBeGreaterThan(full + 20);
  // Nothing was lost of so little.
  const lines = logged();
  expect(lines).toEqual(lines.map((_, i) => i));
});
