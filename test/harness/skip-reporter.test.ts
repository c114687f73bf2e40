import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { temporaryFolder } from "./folder.ts";

const root = join(import.meta.dirname, "..", "..");
const skipping = `import { it } from "vitest";
it("needs the moon", (context) => context.skip("there is no moon here"));
it("needs nothing", () => {});
`;

/** Runs a file of tests with the project's own reporter, in a process of its own. */
async function run(environment: Readonly<Record<string, string>>): Promise<{ status: number; output: string }> {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "moon.test.ts"), skipping);
  const reporter = JSON.stringify(join(root, "test", "harness", "skip-reporter.ts"));
  const config = `import { SkipReporter } from ${reporter};
export default { test: { reporters: ["default", new SkipReporter()] } };`;
  writeFileSync(join(folder, "vitest.config.ts"), config);
  const { CI: _, ...inherited } = process.env;
  const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
  const child = spawn(process.execPath, [vitest, "run", "--root", folder], { env: { ...inherited, ...environment } });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [status] = (await once(child, "close")) as [number];
  return { status, output };
}

it.each([
  { environment: {}, status: 0 },
  { environment: { CI: "true" }, status: 1 },
])("lists what could not run, and fails for it only in CI: $environment", async ({ environment, status }) => {
  const ran = await run(environment);
  expect(ran.output).toContain("moon.test.ts: needs the moon: there is no moon here");
  expect(ran.status, ran.output).toBe(status);
});
