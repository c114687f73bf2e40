#!/usr/bin/env node
// Starts the command line on a Node.js that can run it: this one, or the one installed beside the packages.
import { spawn } from "node:child_process";
import { createRequire, enableCompileCache } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST = 24;
const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, "..", "src", "main.ts");

if (Number(process.versions.node.split(".")[0]) >= OLDEST) {
  // Beside the program and not in the shared folder for temporary files: whoever may write there may run code here.
  enableCompileCache(join(here, "..", ".cache"));
  await import(main);
} else {
  let node;
  try {
    node = join(dirname(createRequire(import.meta.url).resolve("node/package.json")), "bin", "node");
  } catch {
    process.stderr.write(
      `muster needs Node.js ${OLDEST} or newer, this is ${process.versions.node}: run npm ci, which installs one.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`muster could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
