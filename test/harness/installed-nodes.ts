import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Every Node.js that is installed here: a shell takes another than npm does, which puts its own in front. */
export function installedNodes(): readonly string[] {
  const found = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "node"));
  return [
    ...new Set([process.execPath, ...found.filter((file) => existsSync(file))].map((file) => realpathSync(file))),
  ];
}
