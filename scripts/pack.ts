/**
 * Makes of each library what npm installs, as a file in a folder: what `tsc -b` has compiled, and a manifest whose entries lead
 * there. In the repository they lead to the sources, which Node.js runs as they are, but not below `node_modules`.
 *
 *   npm run pack -- FOLDER
 */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const libraries = ["protocol", "receiver", "client"];
const root = join(import.meta.dirname, "..");

interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
}

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("Say where the files are to be: npm run pack -- FOLDER\n");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const projects = libraries.map((name) => join(root, "packages", name));
// What was compiled of sources that are gone stays there otherwise.
for (const project of projects) rmSync(join(project, "dist"), { recursive: true, force: true });
execFileSync(join(root, "node_modules", ".bin", "tsc"), ["-b", "--force", ...projects], { stdio: "inherit" });
for (const project of projects) pack(project, resolve(folder));

function pack(source: string, destination: string): void {
  const stage = mkdtempSync(join(tmpdir(), "muster-pack-"));
  try {
    const manifest = JSON.parse(readFileSync(join(source, "package.json"), "utf8")) as Manifest;
    const entries = Object.entries(manifest.exports).map(([entry, file]) => [entry, compiled(source, file)] as const);
    const packed = { ...manifest, exports: Object.fromEntries(entries) };
    writeFileSync(join(stage, "package.json"), `${JSON.stringify(packed, undefined, 2)}\n`);
    cpSync(join(source, "dist"), join(stage, "dist"), { recursive: true, filter: (file) => !file.endsWith(".map") });
    cpSync(join(root, "LICENSE"), join(stage, "LICENSE"));
    execFileSync("npm", ["pack", "--silent", "--pack-destination", destination], { cwd: stage, stdio: "inherit" });
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** Where an entry leads once it is compiled; its types come first, as whoever looks for them takes the first that fits. */
function compiled(source: string, file: string): { readonly types: string; readonly default: string } {
  const target = file.replace(/^\.\/src\/(.*)\.ts$/, "./dist/$1");
  if (!existsSync(join(source, `${target}.js`))) throw new Error(`${file} of ${source} is not compiled`);
  return { types: `${target}.d.ts`, default: `${target}.js` };
}
