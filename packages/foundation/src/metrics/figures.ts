import type { Exposition } from "./exposition.ts";
import type { About, Labels, Readings, ShownFigure } from "./shown-figure.ts";
import { createTallyHistogram, type Observed } from "./tally-histogram.ts";

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

/** What Prometheus is told that this is. */
const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function createFigures(): Figures {
  /** Those that have not been shown yet. */
  const added: ShownFigure[] = [];
  let opened: Promise<Exposition> | undefined;
  return {
    counter<L extends string>(about: About<L>) {
      const tallies = new Map<string, { readonly labels: Labels<L>; readonly tally: Tally }>();
      added.push({
        type: "counter",
        about,
        read: () => [...tallies.values()].map(({ labels, tally }) => [labels, tally.count] as const),
      });
      return (of: Labels<L>) => {
        const key = keyOf(about, of);
        const known = tallies.get(key) ?? { labels: of, tally: { count: 0 } };
        tallies.set(key, known);
        return known.tally;
      };
    },
    histogram<L extends string>(about: About<L>, buckets: readonly number[]) {
      const histogram = createTallyHistogram(buckets);
      added.push({ type: "histogram", about, of: histogram });
      const known = new Map<string, Observed>();
      return (of: Labels<L>) => {
        const key = keyOf(about, of);
        const series = known.get(key) ?? histogram.series(of);
        known.set(key, series);
        return series;
      };
    },
    gauge: (about, read) => void added.push({ type: "gauge", about, read }),
    contentType: CONTENT_TYPE,
    async text() {
      // Most of what is started is never asked: it does not load what writes the text.
      const exposition = await (opened ??= import("./exposition.ts").then(({ createExposition }) =>
        createExposition(),
      ));
      for (const figure of added.splice(0)) exposition.add(figure);
      return await exposition.text();
    },
  };
}

function keyOf<L extends string>({ labels = [] }: About<L>, of: Labels<L>): string {
  return labels.map((label) => of[label]).join("\u0000");
}
