import { useMemo, type ReactNode } from "react";

import { countText, durationText } from "../../i18n/times.ts";
import { language, useWords } from "../../i18n/words.ts";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { useStore } from "../../state/store.ts";
import { useLoad } from "../../state/use-load.ts";
import { Chart, type ChartLine } from "./chart.tsx";
import type { Range } from "./ranges.ts";
import { lastOf, seriesLines, type SeriesLines } from "./series-lines.ts";

/** How often the charts are drawn anew, in ms. */
const EVERY = 5_000;

interface EndpointChartsProps {
  readonly sdkAppId: number;
  readonly range: Range;
}

/** Rate, success, latency and backlog of an app's endpoint. */
export function EndpointCharts({ sdkAppId, range }: EndpointChartsProps): ReactNode {
  const { data, error, reload } = useLoad("readSeries", { path: { sdkAppId }, query: { range } }, EVERY);
  const lines = useMemo(() => data && seriesLines(data), [data]);
  if (!lines) return error ? <ProblemNote error={error} onRetry={reload} /> : <div className="charts waiting" />;
  return <Charts lines={lines} />;
}

function Charts({ lines }: { readonly lines: SeriesLines }): ReactNode {
  const words = useWords();
  const spoken = useStore(language);
  const number = (value: number | undefined, digits = 1): string =>
    value === undefined ? "–" : countText(value, spoken, digits);
  const ms = (value: number | undefined): string => (value === undefined ? "–" : durationText(value));
  const charts: readonly { title: string; unit?: string; value: string; lines: readonly ChartLine[] }[] = [
    {
      title: words.rate,
      unit: words.perSecond,
      value: number(lastOf(lines.delivered)),
      lines: [
        { label: words.stateDelivered, values: lines.delivered, colour: "good", isFilled: true },
        { label: words.failed, values: lines.failed, colour: "bad", isFilled: true },
      ],
    },
    {
      title: words.success,
      value: `${number(lastOf(lines.success))} %`,
      lines: [{ label: words.success, values: lines.success, colour: "accent", isFilled: true }],
    },
    {
      title: words.latency,
      unit: "p50 · p99",
      value: `${ms(lastOf(lines.p50))} · ${ms(lastOf(lines.p99))}`,
      lines: [
        { label: "p50", values: lines.p50, colour: "accent" },
        { label: "p99", values: lines.p99, colour: "warn" },
      ],
    },
    {
      title: words.backlog,
      value: number(lastOf(lines.pending), 0),
      lines: [{ label: words.backlog, values: lines.pending, colour: "warn", isFilled: true }],
    },
  ];
  return (
    <div className="charts">
      {charts.map((chart) => (
        <figure key={chart.title} className="panel">
          <figcaption>
            <span className="faint">{chart.title}</span>
            <strong>{chart.value}</strong>
            {chart.unit !== undefined && <span className="faint">{chart.unit}</span>}
          </figcaption>
          <Chart label={`${chart.title}: ${words.latest} ${chart.value}`} times={lines.times} lines={chart.lines} />
        </figure>
      ))}
    </div>
  );
}
