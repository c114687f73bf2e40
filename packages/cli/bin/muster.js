#!/usr/bin/env node
// Starts the command line on a Node.js that can run it: this one, or the one installed beside the packages. What an
// old Node.js does not have is looked up where it is used: a name that is imported and not there ends the program.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import * as modules from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Requests to go on in another protocol can be granted one by one since then. */
const OLDEST = [24, 9];
const launcher = fileURLToPath(import.meta.url);
const cli = dirname(dirname(launcher));

const [major, minor] = process.versions.node.split(".").map(Number);
if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) {
  // Where the other branch has started this process, whoever kills that one means this one.
  process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
  process.channel?.unref();
  // Beside the program and not in the shared folder for temporary files: whoever may write there may run code here.
  modules.enableCompileCache(join(cli, ".cache"));
  // Sources are run as they are, but not below `node_modules`: what is installed has no sources.
  const source = join(cli, "src", "main.ts");
  await import(existsSync(source) ? source : join(cli, "dist", "main.js"));
} else {
  let node;
  try {
    node = join(dirname(modules.createRequire(launcher).resolve("node/package.json")), "bin", "node");
  } catch {
    process.stderr.write(
      `muster needs Node.js ${OLDEST.join(".")} or newer, this is ${process.versions.node}: run npm install node@24, which installs one beside it.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [launcher, ...process.argv.slice(2)], { stdio: ["inherit", "inherit", "inherit", "ipc"] });
  // A terminal interrupts both; told twice, a program would not finish what is in flight.
  const isInterrupted = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on("SIGINT", () => isInterrupted || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`muster could not be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
