import { statSync, type BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";

/** How often files are looked at, in ms: what has changed is noticed this much later. */
const WATCH_INTERVAL = 1_000;

/**
 * Calls `onChange` each time that one of the files has changed since this was called, was replaced, is gone or there again;
 * once where several have. Does not keep the process alive. The returned function stops watching.
 */
export function watchFiles(paths: readonly string[], onChange: () => void, interval = WATCH_INTERVAL): () => void {
  // At once: `watchFile` of Node.js takes for unchanged whatever is there when it comes to its first look.
  let known = paths.map((path) => versionOf(statSync(path, { bigint: true, throwIfNoEntry: false })));
  let stopped = false;

  async function look(): Promise<void> {
    const found = await Promise.all(paths.map(currentVersion));
    if (stopped) return;
    const hasChanged = found.some((version, i) => version !== known[i]);
    known = found;
    wait();
    if (hasChanged) onChange();
  }
  function wait(): void {
    setTimeout(() => void look(), interval).unref();
  }

  wait();
  return () => {
    stopped = true;
  };
}

function versionOf(stats: BigIntStats | undefined): string {
  return stats ? [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(" ") : "none";
}

/** A file that cannot be looked at counts as one that is not there. */
async function currentVersion(path: string): Promise<string> {
  return versionOf(await stat(path, { bigint: true }).catch(() => undefined));
}
