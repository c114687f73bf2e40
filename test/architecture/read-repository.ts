import { globSync, readFileSync } from "node:fs";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";

import type { Files } from "./project.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const patterns = ["package.json", "{packages,apps}/*/package.json", "{packages,apps}/*/src/**/*.{ts,tsx}"];

/** The files of this repository that its architecture shows in. */
export function readRepository(): Files {
  const paths = globSync(patterns, { cwd: root, exclude: ["**/node_modules/**", "**/dist/**"] }).toSorted();
  return new Map(paths.map((path) => [path.replaceAll(sep, "/"), readFileSync(`${root}/${path}`, "utf8")]));
}
