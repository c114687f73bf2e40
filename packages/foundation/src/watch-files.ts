import { unwatchFile, watchFile } from "node:fs";

/** How often files are looked at, in ms: what has changed is noticed this much later. */
const WATCH_INTERVAL = 1_000;

/**
 * Calls `onChange` each time that one of the files has changed, was replaced, or is there again. Does not keep the
 * process alive. The returned function stops watching.
 */
export function watchFiles(paths: readonly string[], onChange: () => void, interval = WATCH_INTERVAL): () => void {
  // One of our own for each call: a path may be watched for others too.
  const listener = (): void => onChange();
  for (const path of paths) watchFile(path, { interval, persistent: false }, listener);
  return () => {
    for (const path of paths) unwatchFile(path, listener);
  };
}
