import { quantile } from "./load.ts";

/** What a figure must be to be good enough. */
export type Bar = { readonly atMost: number } | { readonly atLeast: number };

/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Where it is the median of several turns, the least and the most of them. */
  readonly range?: readonly [least: number, most: number];
  /** A bar on the value, or on how many times the peer's figure it is. */
  readonly bar?: Bar;
  readonly barOn?: "value" | "ratio";
  readonly met?: boolean;
  /** The figure of a peer measured in the same run, and ours divided by it. */
  readonly peer?: { readonly name: string; readonly value: number; readonly ratio: number };
}

/** A figure, or why there is none: a peer that is not installed, a system that cannot tell. */
export type Row = Figure | { readonly name: string; readonly skipped: string };

export interface FigureOptions {
  readonly range?: readonly [least: number, most: number];
  readonly bar?: Bar;
  readonly peer?: { readonly name: string; readonly value: number };
  /** A bar on how many times the peer's figure ours is. */
  readonly ratio?: Bar;
}

export function figure(name: string, value: number, unit: string, options: FigureOptions = {}): Figure {
  const { peer, ratio, range } = options;
  const bar = options.bar ?? ratio;
  const judged = options.bar || !peer ? value : value / peer.value;
  return {
    name,
    value,
    unit,
    ...(range ? { range } : {}),
    ...(bar
      ? {
          bar,
          barOn: options.bar ? "value" : "ratio",
          met: "atMost" in bar ? judged <= bar.atMost : judged >= bar.atLeast,
        }
      : {}),
    ...(peer ? { peer: { ...peer, ratio: value / peer.value } } : {}),
  };
}

/** The median of what several turns have given, with its range. */
export function figureOfTurns(
  name: string,
  turns: readonly number[],
  unit: string,
  options: FigureOptions = {},
): Figure {
  return figure(name, quantile(turns, 0.5), unit, { ...options, range: [Math.min(...turns), Math.max(...turns)] });
}

/** All figures as a table for people. */
export function table(rows: readonly Row[]): string {
  const head = ["scenario", "Muster", "bar", "peer", "ratio", "the peer is"];
  const all = [head, ...rows.map((row) => ("skipped" in row ? [row.name, `skipped: ${row.skipped}`] : cells(row)))];
  const widths = head.map((_, column) =>
    Math.max(...all.map((row) => (row.length < head.length && column > 0 ? 0 : (row[column]?.length ?? 0)))),
  );
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function cells({ name, value, unit, range, bar, barOn, met, peer }: Figure): string[] {
  const verdict = `${barOn === "ratio" ? " times the peer" : ""}: ${met ? "met" : "MISSED"}`;
  const wanted = bar && ("atMost" in bar ? `at most ${bar.atMost}` : `at least ${bar.atLeast}`);
  return [
    name,
    `${rounded(value)} ${unit}${range ? ` (${range.map(rounded).join("–")})` : ""}`,
    wanted ? wanted + verdict : "",
    peer ? `${rounded(peer.value)} ${unit}` : "",
    peer ? peer.ratio.toFixed(2) : "",
    peer?.name ?? "",
  ];
}

/** As many digits as mean something. */
function rounded(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
