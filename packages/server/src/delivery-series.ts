/** How one app's endpoint did during a minute or an hour. */
export interface SeriesPoint {
  readonly sdkAppId: number;
  /** When it began, ms since 1970. */
  readonly at: number;
  readonly attempts: number;
  /** Attempts that delivered a callback. */
  readonly delivered: number;
  /** Callbacks that were given up. */
  readonly dead: number;
  /** Callbacks that were pending at its end. */
  readonly pending: number;
  /** How many attempts took how long: by `durationBucket`. */
  readonly durations: readonly number[];
}

/** Points of a minute are kept for a day, those of an hour for a month. */
export const resolutions = {
  minute: { length: 60_000, kept: 25 * 3_600_000 },
  hour: { length: 3_600_000, kept: 31 * 86_400_000 },
} as const;

export type Resolution = keyof typeof resolutions;

/** The points of all apps, kept. */
export interface SeriesStore {
  /** Adds to the points of both resolutions what happened during a minute. */
  add(points: readonly SeriesPoint[]): Promise<void>;
  /** An app's points from a time on, in their order. */
  read(sdkAppId: number, resolution: Resolution, from: number): Promise<SeriesPoint[]>;
  /** Removes the points of before a time. */
  forget(resolution: Resolution, before: number): Promise<void>;
}

/** Durations are counted in four steps to each doubling, from 1 ms on: what is read back is off by 9 % at the most. */
const STEPS = 4;
const LAST_BUCKET = 64;

/** Where a duration in ms is counted. */
export function durationBucket(ms: number): number {
  return ms <= 1 ? 0 : Math.min(Math.round(Math.log2(ms) * STEPS), LAST_BUCKET);
}

/** What part of the durations was at most so long, in ms: `share` 0.5 for the median; `undefined` where there are none. */
export function quantile(durations: readonly number[], share: number): number | undefined {
  const total = durations.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let seen = 0;
  const bucket = durations.findIndex((count) => (seen += count) >= share * total);
  return 2 ** (bucket / STEPS);
}

/** Two points of the same time in one: `later` says what is pending. */
export function mergedPoints(earlier: SeriesPoint, later: SeriesPoint): SeriesPoint {
  const longer = Math.max(earlier.durations.length, later.durations.length);
  const durations = Array.from({ length: longer }, (_, i) => (earlier.durations[i] ?? 0) + (later.durations[i] ?? 0));
  return {
    ...earlier,
    attempts: earlier.attempts + later.attempts,
    delivered: earlier.delivered + later.delivered,
    dead: earlier.dead + later.dead,
    pending: later.pending,
    durations,
  };
}
