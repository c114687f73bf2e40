import type { CommitWatch } from "../sqlite/group-commit.ts";
import type { Figures } from "./figures.ts";

const BATCH_SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];
const SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5];

/**
 * Figures of a store's commits.
 * @param prefix what the names begin with
 * @param now ms, of a clock that is never set
 */
export function commitFigures(figures: Figures, prefix: string, now: () => number): CommitWatch {
  const size = figures.histogram(
    { name: `${prefix}_commit_batch_size`, help: "Pieces of work that share a commit." },
    BATCH_SIZES,
  )({});
  const duration = figures.histogram(
    { name: `${prefix}_commit_duration_seconds`, help: "From the beginning of a transaction until it is on disk." },
    SECONDS,
  )({});
  return {
    began() {
      const begun = now();
      return (works) => {
        size.observe(works);
        duration.observe((now() - begun) / 1_000);
      };
    },
  };
}
