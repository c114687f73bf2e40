import type { GroupCommit } from "@muster/foundation";

import type { SettledRow } from "./settled-row.ts";
import { SettlerGoneError, type SettlerThread } from "./start-settler.ts";
import type { WriteSettled } from "./write-settled.ts";

/** So many results are written here: to tell another thread of them would cost as much. */
const FEW = 128;
/** Most results in one commit: commands wait for it. */
const AT_ONCE = 1_024;

/** Writes results, those of a lane in order; resolves when they are on disk. */
export type Settle = (rows: readonly SettledRow[], now: number) => Promise<void>;

export interface SettlingPorts {
  readonly commits: GroupCommit;
  readonly write: WriteSettled;
  readonly thread: SettlerThread;
}

/**
 * Writes results so that they hold nobody up: a few with whatever else is written, many in a thread of its own, which has
 * the turn of writing meanwhile. Until that is there, and where it has ended, they are written here. Results may come a
 * second time, for nobody knows what became of them: that changes nothing.
 */
export function createSettling({ commits, write, thread }: SettlingPorts): Settle {
  const settleSome: Settle = async (rows, now) => {
    if (rows.length > FEW && thread.isReady()) {
      try {
        return await commits.lend(() => thread.settle(rows, now));
      } catch (error) {
        if (!(error instanceof SettlerGoneError)) throw error;
      }
    }
    await commits.write(() => write(rows, now));
  };

  return async (rows, now) => {
    for (let from = 0; from < rows.length; from += AT_ONCE) await settleSome(rows.slice(from, from + AT_ONCE), now);
  };
}
