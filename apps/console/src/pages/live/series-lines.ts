import type { AnswerOf } from "../../api/call.ts";

type Series = AnswerOf<"readSeries">;

/** A line of a chart: a value for each time, `null` where there is none. */
export type Line = (number | null)[];

/** What the charts show, each line with as many values as there are times (in s since 1970). */
export interface SeriesLines {
  readonly times: number[];
  /** Per second. */
  readonly delivered: Line;
  readonly failed: Line;
  /** In percent of the attempts. */
  readonly success: Line;
  /** In ms. */
  readonly p50: Line;
  readonly p99: Line;
  readonly pending: Line;
}

/** Fills in the times in which there was nothing to tell: nothing was sent then, and the backlog was empty. */
export function seriesLines({ from, to, step, points }: Series): SeriesLines {
  const known = new Map(points.map((point) => [point.at, point]));
  const lines: SeriesLines = { times: [], delivered: [], failed: [], success: [], p50: [], p99: [], pending: [] };
  const firstKnown = points[0]?.at ?? to;
  for (let at = from; at <= to; at += step) {
    const point = known.get(at);
    // The present one is not over yet.
    const seconds = Math.max(Math.min(step, to - at), 1_000) / 1_000;
    const { attempts = 0, delivered = 0 } = point ?? {};
    lines.times.push(at / 1_000);
    lines.delivered.push(at < firstKnown ? null : delivered / seconds);
    lines.failed.push(at < firstKnown ? null : (attempts - delivered) / seconds);
    lines.success.push(attempts === 0 ? null : (100 * delivered) / attempts);
    lines.p50.push(point?.p50 ?? null);
    lines.p99.push(point?.p99 ?? null);
    lines.pending.push(at < firstKnown ? null : (point?.pending ?? 0));
  }
  return lines;
}

/** The last value of a line. */
export function lastOf(line: Line): number | undefined {
  return line.findLast((value) => value !== null) ?? undefined;
}
