/** What an app asks of the cell that it lives in. */
export interface App {
  /** Callbacks a second, on average over a day. */
  readonly callbacks: number;
  readonly groups: number;
  /** The hour of the day (0 to 23, UTC) in which its users are busiest. */
  readonly peakHour: number;
}

/** What all apps ask for together. */
export interface Totals {
  readonly apps: number;
  readonly callbacks: number;
  readonly groups: number;
}

/** The busiest hour has so many times the average, the quietest as much less. */
const SWING = 0.8;

/**
 * Apps of very different sizes, the largest first: the size of the nth goes with 1/n^skew, as those of sites and
 * tenants are found to. Groups go with callbacks, give or take a factor of 3.
 */
export function drawApps(totals: Totals, skew: number, random: () => number): App[] {
  const weights = Array.from({ length: totals.apps }, (_, i) => (i + 1) ** -skew);
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  const groupWeights = weights.map((weight) => weight * 3 ** (2 * random() - 1));
  const allGroups = groupWeights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight, i) => ({
    callbacks: (totals.callbacks * weight) / all,
    groups: (totals.groups * (groupWeights[i] ?? 0)) / allGroups,
    peakHour: Math.floor(random() * 24),
  }));
}

/** How many times its average an app asks for at a minute of the day. */
export function dayCurve(minute: number, peakHour: number): number {
  return 1 + SWING * Math.cos((2 * Math.PI * (minute - peakHour * 60)) / 1440);
}
