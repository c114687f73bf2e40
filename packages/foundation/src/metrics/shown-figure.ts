import type { TallyHistogram } from "./tally-histogram.ts";

/** What a figure is called, and what it means. */
export interface About<L extends string> {
  /** As Prometheus names them: the base unit at the end, `_total` for what only grows. */
  readonly name: string;
  readonly help: string;
  /** Names of the labels: of each there must be few values. */
  readonly labels?: readonly L[];
}

export type Labels<L extends string> = Readonly<Record<L, string>>;

/** The values of a gauge or a counter, all that there are at this moment. */
export type Readings<L extends string> = Iterable<readonly [labels: Labels<L>, value: number]>;

/** A figure, and where its values are read whenever somebody asks. */
export type ShownFigure = { readonly about: About<string> } & (
  | { readonly type: "counter"; readonly read: () => Readings<string> }
  | { readonly type: "gauge"; readonly read: () => Readings<string> | Promise<Readings<string>> }
  | { readonly type: "histogram"; readonly of: TallyHistogram }
);
