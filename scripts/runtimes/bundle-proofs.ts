import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { rolldown } from "rolldown";

/** What is installed in the folder, or is the runtime's own. */
const INSTALLED = /^[^./]/;

/**
 * Makes of the proofs what every runtime loads, in the folder where the libraries are installed: `run.mjs` imports them from
 * there, as `example-….mjs` do, and `worker.js`, with `worker.capnp` beside it, has them in it. Resolves with the names of the
 * examples.
 */
export async function bundleProofs(folder: string): Promise<readonly string[]> {
  const here = import.meta.dirname;
  const examples = join(here, "..", "..", "examples");
  const names = readdirSync(examples);
  for (const name of names)
    await bundle(join(examples, name, "main.ts"), join(folder, `example-${name}.mjs`), INSTALLED);
  await bundle(join(here, "run.ts"), join(folder, "run.mjs"), INSTALLED);
  await bundle(join(here, "worker.ts"), join(folder, "worker.mjs"), INSTALLED);
  await bundle(join(folder, "worker.mjs"), join(folder, "worker.js"), []);
  copyFileSync(join(here, "worker.capnp"), join(folder, "worker.capnp"));
  return names;
}

async function bundle(input: string, file: string, external: RegExp | string[]): Promise<void> {
  const made = await rolldown({ input, external, platform: "neutral" });
  await made.write({ file, format: "esm" });
  await made.close();
}
