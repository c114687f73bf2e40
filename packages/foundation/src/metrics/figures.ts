import { Counter, Gauge, Registry } from "prom-client";

import { processFigures } from "./process-figures.ts";
import { TallyHistogram, type Observed } from "./tally-histogram.ts";

/** What a figure is called, and what it means. */
export interface About<L extends string> {
  /** As Prometheus names them: the base unit at the end, `_total` for what only grows. */
  readonly name: string;
  readonly help: string;
  /** Names of the labels: of each there must be few values. */
  readonly labels?: readonly L[];
}

type Labels<L extends string> = Readonly<Record<L, string>>;

/** What has been counted of one series since the start. Whoever counts adds to it. */
export interface Tally {
  count: number;
}

/**
 * A program's figures, in the form that Prometheus reads. Where much is counted, a series is looked up once and kept:
 * counting is an addition then, and the labels are written when somebody asks for them.
 */
export interface Figures {
  /** Something that only grows; the series of some labels, the same each time. */
  counter<L extends string>(about: About<L>): (labels: Labels<L>) => Tally;
  /** How values are distributed over buckets, by their upper bounds; the series of some labels, the same each time. */
  histogram<L extends string>(about: About<L>, buckets: readonly number[]): (labels: Labels<L>) => Observed;
  /** Something that goes up and down: read whenever somebody asks. */
  gauge<L extends string>(about: About<L>, read: () => Readings<L> | Promise<Readings<L>>): void;
  /** The media type of `text()`. */
  readonly contentType: string;
  /** All figures, and those of the process. */
  text(): Promise<string>;
}

/** The values of a gauge, all that there are at this moment. */
export type Readings<L extends string> = Iterable<readonly [labels: Labels<L>, value: number]>;

export function createFigures(): Figures {
  const registry = new Registry();
  return {
    counter<L extends string>({ name, help, labels = [] }: About<L>) {
      const tallies = new Map<string, { readonly labels: Labels<L>; readonly tally: Tally }>();
      registry.registerMetric(
        new Counter({
          name,
          help,
          labelNames: [...labels],
          registers: [],
          collect() {
            this.reset();
            for (const { labels: of, tally } of tallies.values()) this.inc(of, tally.count);
          },
        }),
      );
      return (of: Labels<L>) => {
        const key = keyOf(labels, of);
        const known = tallies.get(key) ?? { labels: of, tally: { count: 0 } };
        tallies.set(key, known);
        return known.tally;
      };
    },
    histogram<L extends string>({ name, help, labels = [] }: About<L>, buckets: readonly number[]) {
      const metric = new TallyHistogram({ name, help, labelNames: labels, buckets });
      registry.registerMetric(metric);
      const all = new Map<string, Observed>();
      return (of: Labels<L>) => {
        const key = keyOf(labels, of);
        const series = all.get(key) ?? metric.series(of);
        all.set(key, series);
        return series;
      };
    },
    gauge<L extends string>({ name, help, labels = [] }: About<L>, read: () => Readings<L> | Promise<Readings<L>>) {
      registry.registerMetric(
        new Gauge({
          name,
          help,
          labelNames: [...labels],
          registers: [],
          async collect() {
            const readings = await read();
            this.reset();
            for (const [of, value] of readings) this.set(of, value);
          },
        }),
      );
    },
    contentType: registry.contentType,
    text: async () => `${await registry.metrics()}\n${await processFigures().metrics()}`,
  };
}

function keyOf<L extends string>(labels: readonly L[], of: Labels<L>): string {
  return labels.map((label) => of[label]).join("\u0000");
}
