import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { installedNodes } from "../harness/installed-nodes.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "muster-"));
const libraries = join(folder, "node_modules", "@muster");

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "scripts", "pack.ts"), folder]);
  for (const file of readdirSync(folder)) {
    const [, name = ""] = /^muster-(.*)-[\d.]+\.tgz$/.exec(file) ?? [];
    const target = join(libraries, name);
    mkdirSync(target, { recursive: true });
    execFileSync("tar", ["-xzf", join(folder, file), "-C", target, "--strip-components=1"]);
  }
  for (const name of ["zod", "vitest", "@types"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name));
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
  const entries = readdirSync(libraries).flatMap((name) => {
    const manifest = readFileSync(join(libraries, name, "package.json"), "utf8");
    const { exports } = JSON.parse(manifest) as { exports: Record<string, unknown> };
    return Object.keys(exports).map((entry) => join("@muster", name, entry));
  });
  expect(entries).toEqual(expect.arrayContaining(["@muster/client", "@muster/protocol", "@muster/receiver/hono"]));
  const imports = entries.filter((entry) => !entry.endsWith("-contract")).map((entry) => `await import("${entry}");`);
  execFileSync(process.execPath, [moduleWith("entries.mjs", imports.join("\n"))]);
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
