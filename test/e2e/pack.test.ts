import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { installedNodes } from "../harness/installed-nodes.ts";
import { startProgram } from "../harness/program.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "muster-"));
const modules = join(folder, "node_modules");
const libraries = join(modules, "@muster");
const program = "muster";

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** What was packed says of itself. */
function manifests(): readonly Manifest[] {
  const packages = [...readdirSync(libraries).map((name) => join(libraries, name)), join(modules, program)];
  return packages.map((path) => JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as Manifest);
}

/** What npm would install beside a package. */
function needsOf({ dependencies }: Manifest): readonly string[] {
  return Object.keys(dependencies).filter((name) => !name.startsWith("@muster/"));
}

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "scripts", "pack.ts"), folder]);
  for (const file of readdirSync(folder)) {
    const [, name = program] = /^muster-(.*)-[\d.]+\.tgz$/.exec(file) ?? [];
    const target = name === program ? join(modules, program) : join(libraries, name);
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", join(folder, file), "-C", target, "--strip-components=1"]);
  }
  for (const name of new Set([...manifests().flatMap(needsOf), "vitest", "@types"])) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** An app's module, beside the libraries that it has installed. */
function moduleWith(name: string, source: string): string {
  const file = join(folder, name);
  writeFileSync(file, source);
  return file;
}

it.each(installedNodes())("what is packed works under %s as it does here", (node) => {
  const example = readFileSync(join(root, "examples", "node-http", "main.ts"), "utf8");
  const output = execFileSync(node, [moduleWith("example.mjs", stripTypeScriptTypes(example))], { encoding: "utf8" });
  expect(output).toMatch(/^passed /);
});

it("has every entry that the manifests name, but for the suites that tests alone can load", () => {
  const entries = manifests().flatMap(({ name, exports }) => Object.keys(exports).map((entry) => join(name, entry)));
  expect(entries).toEqual(expect.arrayContaining(["@muster/client", "@muster/protocol", "@muster/receiver/hono"]));
  const imports = entries.filter((entry) => !entry.endsWith("-contract")).map((entry) => `await import("${entry}");`);
  execFileSync(process.execPath, [moduleWith("entries.mjs", imports.join("\n"))]);
});

it("has the programs, which run without the repository", async () => {
  const args = ["dev", "--port", "0", "--recorder-port", "0", "--folder", join(folder, "dev")];
  const running = startProgram(args, {}, process.execPath, join(modules, program, "bin", "muster.js"));
  const page = await fetch(`${await running.url("server")}/console`);
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("<script")]);
  expect((await fetch(`${await running.url("recorder")}/readyz`)).status).toBe(200);
  expect(await running.kill("SIGTERM"), running.errors()).toBe(0);
});

it("has the types that an app is checked with", () => {
  cpSync(join(root, "examples", "node-http", "main.ts"), join(folder, "app.mts"));
  const entries = ["receiver/inbox-contract", "receiver/work-inbox-contract", "client"];
  moduleWith("suites.mts", entries.map((entry) => `import "@muster/${entry}";\n`).join(""));
  const options = ["--strict", "--noEmit", "--module", "nodenext", "--skipLibCheck", "--types", "node"];
  const tsc = join(root, "node_modules", ".bin", "tsc");
  const { stdout, status } = spawnSync(tsc, [...options, "app.mts", "suites.mts"], { cwd: folder, encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
});
