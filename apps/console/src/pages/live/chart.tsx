import { useEffect, useRef, type ReactNode } from "react";
import uPlot from "uplot";

import { theme, type Theme } from "../../frame/theme.ts";
import { axisText } from "../../i18n/times.ts";
import { language, type Language } from "../../i18n/words.ts";
import { useStore } from "../../state/store.ts";
import type { Line } from "./series-lines.ts";

const HEIGHT = 130;

export interface ChartLine {
  readonly label: string;
  readonly values: Line;
  /** Of the page's colours. */
  readonly colour: "good" | "bad" | "accent" | "warn";
  readonly isFilled?: boolean;
}

/** What a chart is drawn anew for. */
interface Made {
  readonly series: readonly {
    readonly name: string;
    readonly colour: ChartLine["colour"];
    readonly isFilled?: boolean | undefined;
  }[];
  readonly theme: Theme;
}

interface ChartProps {
  /** What a screen reader says instead. */
  readonly label: string;
  /** In s since 1970. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
}

/** Lines over time. */
export function Chart({ label, times, lines }: ChartProps): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const shownTheme = useStore(theme);
  const spoken = useStore(language);
  // What the chart is made of; the values it is only given.
  const made = JSON.stringify({
    series: lines.map(({ label: name, colour, isFilled }) => ({ name, colour, isFilled })),
    theme: shownTheme,
  } satisfies Made);
  const data: uPlot.AlignedData = [[...times], ...lines.map(({ values }) => values)];
  const newest = useRef(data);

  useEffect(() => {
    newest.current = data;
    chart.current?.setData(data);
  });

  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const { series } = JSON.parse(made) as Made;
    const drawn = new uPlot(optionsOf(element, series, spoken), newest.current, element);
    chart.current = drawn;
    const watch = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      drawn.destroy();
      chart.current = undefined;
    };
  }, [made, spoken]);

  return (
    <>
      <p className="unseen">{label}</p>
      <div ref={place} className="chart" aria-hidden="true" />
    </>
  );
}

function optionsOf(element: HTMLElement, series: Made["series"], spoken: Language): uPlot.Options {
  const [faint, line] = [colourOf(element, "faint"), colourOf(element, "line")];
  const axis: uPlot.Axis = {
    stroke: faint,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    font: "11px system-ui, sans-serif",
  };
  const timeTexts = (_chart: uPlot, times: readonly number[]): string[] => {
    const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
    return times.map((time) => axisText(time * 1_000, span * 1_000, spoken));
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { show: false },
    scales: { y: { range: (_chart, _low, high) => [0, Math.max(high * 1.1, 1)] } },
    axes: [
      { ...axis, grid: { show: false }, size: 26, space: 80, values: timeTexts },
      { ...axis, size: 46, space: 34, values: (_chart, values) => values.map(shortNumber) },
    ],
    series: [
      {},
      ...series.map(({ name: label, colour, isFilled }) => {
        const stroke = colourOf(element, colour);
        return {
          label,
          stroke,
          width: 1.75,
          points: { size: 4, show: hasGapsAround },
          ...(isFilled === true && { fill: stroke.replace(/^rgb\((.+)\)$/, "rgba($1, 0.12)") }),
        };
      }),
    ],
  };
}

/** A value without neighbours is no line: it is shown as a point. */
function hasGapsAround(chart: uPlot, index: number): boolean {
  const values = chart.data[index] ?? [];
  return values.filter((value) => value !== null).length <= 2;
}

/** A colour of the page as a canvas takes it. */
function colourOf(element: HTMLElement, name: string): string {
  const probe = element.appendChild(document.createElement("span"));
  probe.style.color = `var(--${name})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function shortNumber(value: number): string {
  if (value >= 1_000_000) return `${value / 1_000_000}M`;
  return value >= 1_000 ? `${value / 1_000}k` : String(Math.round(value * 100) / 100);
}
