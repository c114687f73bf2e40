import { execFileSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The oldest that the launcher and the libraries are for. */
const OLDEST = [20, 19] as const;

/** Every Node.js that is installed here and not too old: a shell takes another than npm does, which puts its own in front. */
export function installedNodes(): readonly string[] {
  const found = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "node"));
  const files = [process.execPath, ...found.filter((file) => existsSync(file))].map((file) => realpathSync(file));
  return [...new Set(files)].filter(isNewEnough);
}

function isNewEnough(node: string): boolean {
  const version = execFileSync(node, ["--version"], { encoding: "utf8" });
  const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}
