import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";

/**
 * Lets no file of a process and of those that it has started grow beyond so many bytes: what is a full disk to a program,
 * and can be had without one. Without `bytes` files may grow again.
 */
export function limitFiles(pid: number, bytes?: number): void {
  for (const member of family(pid)) limit(member, bytes);
}

/** The same of this process alone, all of its threads. */
export function limitOwnFiles(bytes?: number): void {
  limit(process.pid, bytes);
}

function limit(pid: number, bytes: number | undefined): void {
  // As its own user. The hard limit stays as it is, so that it can be raised again.
  const { uid, gid } = statSync(`/proc/${pid}`);
  execFileSync("prlimit", ["--pid", String(pid), `--fsize=${bytes ?? "unlimited"}:`], { uid, gid });
}

/** A process and all that descend from it. */
function family(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(family)];
}
