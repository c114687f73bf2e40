import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

import { expect, it } from "vitest";

it("lets the process that starts PostgreSQL end with the status that it was to have", async () => {
  const harness = JSON.stringify(join(import.meta.dirname, "postgres.ts"));
  const program = `await import(${harness}); process.exitCode = 3;`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", program], { stdio: "ignore" });
  expect(await once(child, "exit")).toEqual([3, null]);
});
