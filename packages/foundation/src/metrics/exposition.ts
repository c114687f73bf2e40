import { Counter, Gauge, Histogram, Registry } from "prom-client";

import { processFigures } from "./process-figures.ts";
import type { ShownFigure } from "./shown-figure.ts";
import type { ObservedSeries, TallyHistogram } from "./tally-histogram.ts";

/** Writes figures as Prometheus reads them. */
export interface Exposition {
  add(shown: ShownFigure): void;
  text(): Promise<string>;
}

/** The exposition of one program's figures, and of those of the process. */
export function createExposition(): Exposition {
  const registry = new Registry();
  return {
    add: (shown) => registry.registerMetric(metricOf(shown)),
    text: async () => `${await registry.metrics()}\n${await processFigures().metrics()}`,
  };
}

function metricOf(shown: ShownFigure): Counter | Gauge | Histogram {
  const { name, help, labels = [] } = shown.about;
  const about = { name, help, labelNames: [...labels], registers: [] };
  switch (shown.type) {
    case "counter":
      return new Counter({
        ...about,
        collect() {
          this.reset();
          for (const [of, value] of shown.read()) this.inc(of, value);
        },
      });
    case "gauge":
      return new Gauge({
        ...about,
        async collect() {
          const readings = await shown.read();
          this.reset();
          for (const [of, value] of readings) this.set(of, value);
        },
      });
    case "histogram":
      return new ShownHistogram(about, shown.of);
  }
}

type Exported = Awaited<ReturnType<Histogram["get"]>>;

class ShownHistogram extends Histogram {
  readonly #name: string;
  readonly #of: TallyHistogram;
  /** Says what prom-client says of a histogram beside its values. */
  readonly #empty: Histogram;

  constructor(
    about: { readonly name: string; readonly help: string; readonly labelNames: string[] },
    of: TallyHistogram,
  ) {
    super({ ...about, buckets: [...of.bounds], registers: [] });
    this.#name = about.name;
    this.#of = of;
    this.#empty = new Histogram({ name: about.name, help: about.help, registers: [] });
  }

  override async get(): Promise<Exported> {
    return { ...(await this.#empty.get()), values: this.#of.all.flatMap((series) => this.#lines(series)) };
  }

  /** What the registry prefers to `get`, where a metric has it. */
  async getForPromString(): Promise<Exported> {
    return await this.get();
  }

  #lines({ labels, counts, sum }: ObservedSeries): Exported["values"] {
    const name = this.#name;
    let count = 0;
    const buckets = [...counts].map((inBucket, i) => {
      count += inBucket;
      return { metricName: `${name}_bucket`, value: count, labels: { ...labels, le: this.#of.bounds[i] ?? "+Inf" } };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, value: sum, labels },
      { metricName: `${name}_count`, value: count, labels },
    ];
  }
}
