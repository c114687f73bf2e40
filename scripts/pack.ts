/**
 * Makes of each package what npm installs, as a file in a folder: what `tsc -b` has compiled, and a manifest whose entries lead
 * there. In the repository they lead to the sources, which Node.js runs as they are, but not below `node_modules`.
 *
 *   npm run pack -- FOLDER
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const packages = ["protocol", "receiver", "client", "foundation", "server", "recorder", "cli"];
const root = join(import.meta.dirname, "..");

interface Manifest {
  readonly files: readonly string[];
  /** A program has none. */
  readonly exports?: Readonly<Record<string, string>>;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("Say where the files are to be: npm run pack -- FOLDER\n");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const projects = packages.map((name) => join(root, "packages", name));
// What was compiled of sources that are gone stays there otherwise. Types are checked elsewhere, which takes most of the time.
for (const project of projects) rmSync(join(project, "dist"), { recursive: true, force: true });
execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-b", "--force", "--noCheck", ...projects], {
  stdio: "inherit",
});
const stages = mkdtempSync(join(tmpdir(), "muster-pack-"));
try {
  const staged = projects.map((project) => stage(project, join(stages, basename(project))));
  execFileSync("npm", ["pack", "--silent", "--pack-destination", resolve(folder), ...staged], { stdio: "inherit" });
} finally {
  rmSync(stages, { recursive: true });
}

/** Puts what a package is made of into a folder, and returns that. */
function stage(source: string, target: string): string {
  mkdirSync(target);
  const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as Manifest;
  const { files, exports = {} } = manifest;
  const entries = Object.entries(exports).map(([entry, file]) => [entry, compiled(source, file)] as const);
  const packed = { ...manifest, exports: Object.fromEntries(entries) };
  writeFileSync(join(target, "package.json"), `${JSON.stringify(packed, undefined, 2)}\n`);
  for (const file of files) {
    cpSync(join(source, file), join(target, file), { recursive: true, filter: (each) => !each.endsWith(".map") });
  }
  cpSync(join(root, "LICENSE"), join(target, "LICENSE"));
  return target;
}

/** Where an entry leads once it is compiled; its types come first, as whoever looks for them takes the first that fits. */
function compiled(source: string, file: string): { readonly types: string; readonly default: string } {
  const target = file.replace(/^\.\/src\/(.*)\.ts$/, "./dist/$1");
  if (!existsSync(join(source, `${target}.js`))) throw new Error(`${file} of ${source} is not compiled`);
  return { types: `${target}.d.ts`, default: `${target}.js` };
}
