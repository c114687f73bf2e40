import { dayCurve, type App } from "./apps.ts";
import type { CellSize, Placement } from "./placement.ts";

const MINUTES = 1440;

/** What goes wrong on a day. */
export interface Troubles {
  /** How many apps have a burst, at a random minute. */
  readonly bursts: number;
  /** How many times what it asks for otherwise, for so many minutes. */
  readonly burstTimes: number;
  readonly burstMinutes: number;
  /** A cell that is gone for so many minutes from noon on; the one with the most to do. */
  readonly outageMinutes: number;
}

/** What came of a day. */
export interface Day {
  /** All callbacks that were accepted, and that were delivered by the end of the day. */
  readonly accepted: number;
  readonly delivered: number;
  /** Callbacks that were not accepted, because their cell was gone. */
  readonly refused: number;
  /** The share of apps whose callbacks were ever late by more than a second. */
  readonly appsLate: number;
  /** The share of callbacks that were late by more than a second. */
  readonly callbacksLate: number;
  /** The longest delay, in s. */
  readonly worstDelay: number;
  /** How full cells are at their busiest minute: the median one, and the fullest. */
  readonly medianPeak: number;
  readonly fullestPeak: number;
  /** In how many minutes the cell that was gone has caught up. */
  readonly catchUpMinutes: number;
}

/** A day of a placement, minute by minute: what a cell cannot deliver waits, and is delivered as soon as it can. */
export function simulateDay(
  apps: readonly App[],
  { cells, cellOf }: Placement,
  size: CellSize,
  troubles: Troubles,
  random: () => number,
): Day {
  const offered = offeredLoad(apps, cellOf, cells, troubles, random);
  const noon = MINUTES / 2;
  const gone = indexOfLargest(Array.from({ length: cells }, (_, cell) => offered[cell * MINUTES + noon] ?? 0));
  const appsOf = new Uint32Array(cells);
  for (const cell of cellOf) appsOf[cell] = (appsOf[cell] ?? 0) + 1;

  const day = { accepted: 0, delivered: 0, refused: 0, late: 0, appsLate: 0, worstDelay: 0, catchUpMinutes: 0 };
  const peaks: number[] = [];
  for (let cell = 0; cell < cells; cell += 1) {
    let pending = 0;
    let peak = 0;
    let wasLate = false;
    for (let minute = 0; minute < MINUTES; minute += 1) {
      const load = (offered[cell * MINUTES + minute] ?? 0) * 60;
      peak = Math.max(peak, load / (size.callbacks * 60));
      const isGone = cell === gone && minute >= noon && minute < noon + troubles.outageMinutes;
      if (isGone) {
        day.refused += load;
        continue;
      }
      const delivered = Math.min(pending + load, size.callbacks * 60);
      pending += load - delivered;
      day.accepted += load;
      day.delivered += delivered;
      const delay = pending / size.callbacks;
      if (delay > 1) {
        day.late += load;
        wasLate = true;
        if (cell === gone) day.catchUpMinutes += 1;
      }
      day.worstDelay = Math.max(day.worstDelay, delay);
    }
    if (wasLate) day.appsLate += appsOf[cell] ?? 0;
    peaks.push(peak);
  }
  const sorted = peaks.toSorted((a, b) => a - b);
  return {
    ...day,
    appsLate: day.appsLate / apps.length,
    callbacksLate: day.late / day.accepted,
    medianPeak: sorted[Math.floor(cells / 2)] ?? 0,
    fullestPeak: sorted.at(-1) ?? 0,
  };
}

/** Callbacks a second that each cell is offered at each minute. */
function offeredLoad(
  apps: readonly App[],
  cellOf: readonly number[],
  cells: number,
  { bursts, burstTimes, burstMinutes }: Troubles,
  random: () => number,
): Float64Array {
  const byHour = new Float64Array(cells * 24);
  for (const [i, { callbacks, peakHour }] of apps.entries()) {
    const place = (cellOf[i] ?? 0) * 24 + peakHour;
    byHour[place] = (byHour[place] ?? 0) + callbacks;
  }
  const offered = new Float64Array(cells * MINUTES);
  for (let minute = 0; minute < MINUTES; minute += 1) {
    for (let hour = 0; hour < 24; hour += 1) {
      const curve = dayCurve(minute, hour);
      for (let cell = 0; cell < cells; cell += 1) {
        const place = cell * MINUTES + minute;
        offered[place] = (offered[place] ?? 0) + (byHour[cell * 24 + hour] ?? 0) * curve;
      }
    }
  }
  for (let burst = 0; burst < bursts; burst += 1) {
    const i = Math.floor(random() * apps.length);
    const start = Math.floor(random() * (MINUTES - burstMinutes));
    for (let minute = start; minute < start + burstMinutes; minute += 1) {
      const { callbacks, peakHour } = apps[i] ?? { callbacks: 0, peakHour: 0 };
      const place = (cellOf[i] ?? 0) * MINUTES + minute;
      offered[place] = (offered[place] ?? 0) + callbacks * dayCurve(minute, peakHour) * (burstTimes - 1);
    }
  }
  return offered;
}

function indexOfLargest(values: readonly number[]): number {
  return values.reduce((best, value, i) => (value > (values[best] ?? 0) ? i : best), 0);
}
