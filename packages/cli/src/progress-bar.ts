import pc from "picocolors";

const WIDTH = 24;

/** How far something has come, in one line at a terminal. */
export interface ProgressBar {
  show(done: number, total: number, words: string): void;
  /** Takes the line away, so that another can stand there. */
  clear(): void;
}

/** @param wanted whether a person looks on; else nothing is shown */
export function createProgressBar(wanted: boolean): ProgressBar {
  if (!wanted || !process.stderr.isTTY) return { show: () => {}, clear: () => {} };
  return {
    show(done, total, words) {
      if (total === 0) return;
      const filled = Math.round(Math.min(done / total, 1) * WIDTH);
      const bar = `${pc.cyan("█".repeat(filled))}${pc.dim("░".repeat(WIDTH - filled))}`;
      process.stderr.write(`\r\u001B[K${bar} ${done} of ${total} ${pc.dim(words)}`);
    },
    clear: () => void process.stderr.write("\r\u001B[K"),
  };
}
