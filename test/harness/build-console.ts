import { execFileSync } from "node:child_process";
import { globSync, statSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** What the page is made of, the libraries in it too. */
const sources = [
  "apps/console/{index.html,vite.config.ts,src/**/*.*}",
  "packages/{client,protocol}/src/**/!(*.test).ts",
];

/** Builds the console before the tests where it is older than its sources: installing builds it, editing does not. */
export default function buildConsole(): void {
  const newest = Math.max(...globSync(sources, { cwd: root }).map((path) => statSync(join(root, path)).mtimeMs));
  if (builtAt() > newest) return;
  // As it is installed: what the tests run in would bring React's development build along.
  const env = { ...process.env, NODE_ENV: "production" };
  execFileSync("npm", ["run", "--silent", "build:console"], { cwd: root, env, stdio: "inherit" });
}

function builtAt(): number {
  return statSync(join(root, "packages/server/console/index.html"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
