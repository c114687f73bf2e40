import * as z from "zod";

import type { RecorderGap, RecorderMirror } from "./recorder-mirror.ts";
import { ReconcileError } from "./reconcile-error.ts";

/** Most looks at the gaps without any that has closed, before the rest is given up. */
const MOST_LOOKS = 30;

/** What replaying needs. */
export interface ReplayGapsParts {
  readonly mirror: RecorderMirror;
  readonly sdkAppId: number;
  /** Calls a path below `/admin/v1` of the server, and gives the body of the answer. */
  readonly admin: (method: "GET" | "POST", path: string, body?: unknown) => Promise<unknown>;
  /** Lets some time pass. */
  readonly pause: () => Promise<void>;
}

/** What replaying has brought. */
export interface ReplayedGaps {
  /** Numbers that were missing, and of these those that have come. */
  readonly missing: number;
  readonly fetched: number;
}

const page = z.object({
  deliveries: z.array(z.object({ position: z.number(), sequence: z.number(), replayOf: z.number().optional() })),
  next: z.number().nullable(),
});

/**
 * Fetches the numbers that the recorder misses: the server, which has them, delivers them once more. What it has
 * forgotten stays missing.
 * @throws {ReconcileError} where the recorder or the server cannot be asked
 */
export async function replayGaps({ mirror, sdkAppId, admin, pause }: ReplayGapsParts): Promise<ReplayedGaps> {
  const before = await byGroup(mirror.gaps());
  for (const [groupId, gaps] of before) {
    const wanted = (sequence: number): boolean => gaps.some(({ from, to }) => from <= sequence && sequence <= to);
    const query = new URLSearchParams({ sdkAppId: String(sdkAppId), groupId, limit: "200" });
    for (let next: number | null = 0; next !== null;) {
      if (next > 0) query.set("before", String(next));
      const read = page.safeParse(await admin("GET", `/deliveries?${query.toString()}`));
      if (!read.success) throw new ReconcileError("The server's admin API answered something unknown: is it Muster?");
      for (const { position, sequence, replayOf } of read.data.deliveries.toReversed()) {
        if (replayOf === undefined && wanted(sequence)) await admin("POST", `/deliveries/${position}/replay`, {});
      }
      ({ next } = read.data);
    }
  }
  const missing = countOf(before);
  let left = missing;
  for (let looks = 0; left > 0 && looks < MOST_LOOKS; looks += 1) {
    await pause();
    const now = countOf(await byGroup(mirror.gaps()));
    if (now < left) looks = 0;
    left = now;
  }
  return { missing, fetched: missing - left };
}

async function byGroup(gaps: AsyncIterable<RecorderGap>): Promise<ReadonlyMap<string, readonly RecorderGap[]>> {
  const groups = new Map<string, RecorderGap[]>();
  for await (const gap of gaps) groups.set(gap.groupId, [...(groups.get(gap.groupId) ?? []), gap]);
  return groups;
}

function countOf(groups: ReadonlyMap<string, readonly RecorderGap[]>): number {
  return [...groups.values()].flat().reduce((sum, { from, to }) => sum + to - from + 1, 0);
}
