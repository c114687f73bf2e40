#!/usr/bin/env node
// Starts the command line on a Node.js that can run it: this one, or the one installed beside the packages.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST = 24;
const main = join(dirname(fileURLToPath(import.meta.url)), "..", "src", "main.ts");

if (Number(process.versions.node.split(".")[0]) >= OLDEST) {
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
