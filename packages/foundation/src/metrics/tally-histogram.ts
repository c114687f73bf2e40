import { Histogram } from "prom-client";

/** Counts values of one series, by the buckets that they fall into. */
export interface Observed {
  observe(value: number): void;
}

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** How many fell into each bucket, and behind the last bound. */
  readonly counts: Float64Array;
  sum: number;
}

type Exported = Awaited<ReturnType<Histogram["get"]>>;

/**
 * A histogram that costs next to nothing where something is counted. prom-client's own looks its labels up for each
 * value, about 0.6 µs; here a series is looked up once, and afterwards counting is adding to an array.
 */
export class TallyHistogram extends Histogram {
  readonly #name: string;
  readonly #bounds: readonly number[];
  readonly #series: Series[] = [];
  /** Says what prom-client says of a histogram beside its values. */
  readonly #empty: Histogram;

  constructor(about: {
    readonly name: string;
    readonly help: string;
    readonly labelNames: readonly string[];
    readonly buckets: readonly number[];
  }) {
    super({ ...about, labelNames: [...about.labelNames], buckets: [...about.buckets], registers: [] });
    this.#name = about.name;
    this.#bounds = about.buckets;
    this.#empty = new Histogram({ name: about.name, help: about.help, registers: [] });
  }

  /** A new series: asked for once for each set of labels. */
  series(labels: Readonly<Record<string, string>>): Observed {
    const bounds = this.#bounds;
    const counts = new Float64Array(bounds.length + 1);
    const series: Series = { labels, counts, sum: 0 };
    this.#series.push(series);
    return {
      observe(value) {
        let at = 0;
        while (at < bounds.length && value > (bounds[at] ?? Infinity)) at += 1;
        counts[at] = (counts[at] ?? 0) + 1;
        series.sum += value;
      },
    };
  }

  override async get(): Promise<Exported> {
    return { ...(await this.#empty.get()), values: this.#series.flatMap((series) => this.#lines(series)) };
  }

  /** What the registry prefers to `get`, where a metric has it. */
  async getForPromString(): Promise<Exported> {
    return await this.get();
  }

  #lines({ labels, counts, sum }: Series): Exported["values"] {
    const name = this.#name;
    let count = 0;
    const buckets = [...counts].map((inBucket, i) => {
      count += inBucket;
      return { metricName: `${name}_bucket`, value: count, labels: { ...labels, le: this.#bounds[i] ?? "+Inf" } };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, value: sum, labels },
      { metricName: `${name}_count`, value: count, labels },
    ];
  }
}
