import { copyFileSync } from "node:fs";
import { join } from "node:path";

import { rolldown } from "rolldown";

/** What is installed in the folder, or is the runtime's own. */
const INSTALLED = /^[^./]/;

/**
 * Makes of the proofs what every runtime loads, in the folder where the libraries are installed: `run.mjs` imports them from
 * there, and `worker.js`, with `worker.capnp` beside it, has them in it.
 */
export async function bundleProofs(folder: string): Promise<void> {
  const here = import.meta.dirname;
  await bundle(join(here, "run.ts"), join(folder, "run.mjs"), INSTALLED);
  await bundle(join(here, "worker.ts"), join(folder, "worker.mjs"), INSTALLED);
  await bundle(join(folder, "worker.mjs"), join(folder, "worker.js"), []);
  copyFileSync(join(here, "worker.capnp"), join(folder, "worker.capnp"));
}

async function bundle(input: string, file: string, external: RegExp | string[]): Promise<void> {
  const made = await rolldown({ input, external, platform: "neutral" });
  await made.write({ file, format: "esm" });
  await made.close();
}
