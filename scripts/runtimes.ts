/**
 * Installs what is packed of the libraries beside other runtimes, in a folder of its own, and runs the same proofs on
 * each: a receiver over HTTP with every inbox that there is a driver for, the client against a server, and the examples. It
 * ends with 1 where something fails.
 *
 *   npm run runtimes
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLog, systemClock } from "@muster/foundation";
import { appsSection, serverConfig, serverSection, startServer } from "@muster/server";

import { startPostgres } from "../test/harness/postgres.ts";
import { bundleProofs } from "./runtimes/bundle-proofs.ts";
import { proveIn, startWorker, type Failure } from "./runtimes/prove-in.ts";

/** The oldest Node.js that the libraries are for. */
const OLDEST_NODE = `node-${process.platform}-${process.arch}`;
const installed = {
  [OLDEST_NODE]: "20.19.0",
  "@hono/node-server": "2.1.8",
  "better-sqlite3": "13.2.0",
  bun: "1.4.5",
  deno: "2.9.6",
  express: "5.3.0",
  fastify: "5.12.8",
  hono: "4.13.19",
  pg: "8.23.1",
  workerd: "1.20261117.1",
  ws: "8.23.0",
};

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "muster-runtimes-"));
const modules = join(folder, "node_modules");
const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app" };

interface Runtime {
  readonly name: string;
  readonly version: string | undefined;
  /** What a module is run with. */
  readonly run: readonly string[];
  /** The drivers of inboxes that there are for it. */
  readonly drivers: readonly string[];
}
const runtimes: readonly Runtime[] = [
  {
    name: "Node.js",
    version: process.versions.node,
    run: [process.execPath],
    drivers: ["memory", "node:sqlite", "better-sqlite3", "pg"],
  },
  {
    name: "Node.js",
    version: installed[OLDEST_NODE],
    run: [join(modules, OLDEST_NODE, "bin", "node")],
    drivers: ["memory", "pg"],
  },
  {
    name: "Bun",
    version: installed.bun,
    run: [join(modules, ".bin", "bun")],
    drivers: ["memory", "bun:sqlite", "node:sqlite", "better-sqlite3", "pg"],
  },
  {
    name: "Deno",
    version: installed.deno,
    run: [join(modules, ".bin", "deno"), "run", "-A"],
    drivers: ["memory", "node:sqlite", "better-sqlite3", "pg"],
  },
];

try {
  install();
  process.exitCode = (await proveAll(await bundleProofs(folder))) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

function install(): void {
  execFileSync(process.execPath, [join(root, "scripts", "pack.ts"), folder], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const packed = readdirSync(folder).filter((file) => /^muster-(?:protocol|receiver|client)-/.test(file));
  const others = Object.entries(installed).map(([name, version]) => `${name}@${version}`);
  // What these do when they are installed is to put their binary where the command is.
  const allowScripts = { bun: true, deno: true, workerd: true };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, allowScripts }));
  execFileSync("npm", ["install", "--no-audit", "--no-fund", ...packed.map((file) => `./${file}`), ...others], {
    cwd: folder,
    stdio: "inherit",
  });
}

/** Runs every proof on every runtime, one after another; returns whether all have held. */
async function proveAll(examples: readonly string[]): Promise<boolean> {
  const postgres = await startPostgres({ careless: true });
  const server = await startServer(
    serverConfig(
      serverSection.parse({ port: 0, store: `sqlite:${join(folder, "server.db")}` }),
      appsSection.parse([app]),
    ),
    { clock: systemClock, log: createLog("server", "silent") },
  );
  const worker = await startWorker(folder, join(modules, ".bin", "workerd"));
  const im = { ...app, url: server.url };
  let failures = 0;
  const tell = (runtime: string, what: string, failure: Failure): void => {
    if (failure !== undefined) failures += 1;
    console.log(`${runtime.padEnd(24)} ${what.padEnd(18)} ${failure === undefined ? "works" : `fails:\n${failure}`}`);
  };
  try {
    for (const { name, version, run, drivers } of runtimes) {
      const runtime = `${name} ${version}`;
      for (const driver of drivers) {
        const file = join(folder, `${runtime}-${driver}.db`.replaceAll(/[^\w.-]/g, "-"));
        const where = driver === "pg" ? await postgres.createDatabase() : file;
        tell(runtime, driver, await proveIn(folder, [...run, "run.mjs", driver, where]));
      }
      for (const example of examples) {
        // It has its rooms in node:sqlite.
        if (example === "handlers" && !drivers.includes("node:sqlite")) continue;
        tell(runtime, `example ${example}`, await proveIn(folder, [...run, `example-${example}.mjs`]));
      }
      tell(runtime, "client", await proveIn(folder, [...run, "run.mjs", "client", JSON.stringify(im)]));
    }
    const runtime = `workerd ${installed.workerd}`;
    tell(runtime, "memory", await worker.prove());
    tell(runtime, "client", await worker.proveClient(im));
  } finally {
    await Promise.all([worker.stop(), server.stop(), postgres.stop()]);
  }
  return failures === 0;
}
