/** A family of figures, as `/metrics` gives it. */
export interface Family {
  readonly type: string;
  readonly help: string;
  /** The labels that any of its series has, without `le`. */
  readonly labels: ReadonlySet<string>;
}

/** What `/metrics` said at one moment. */
export interface Scraped {
  /** The value of a series, by its line up to the value: `muster_lanes{kind="fresh"}`. */
  value(series: string): number | undefined;
  /** The series whose lines begin so, with their values. */
  startingWith(start: string): Record<string, number>;
  readonly families: ReadonlyMap<string, Family>;
}

/** Reads Prometheus' text. Throws where a line is none. */
export function readFigures(text: string): Scraped {
  const values = new Map<string, number>();
  const families = new Map<string, { type: string; help: string; labels: Set<string> }>();
  const family = (name: string) => {
    const known = families.get(name) ?? { type: "", help: "", labels: new Set<string>() };
    families.set(name, known);
    return known;
  };
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const about = /^# (HELP|TYPE) (\w+) (.*)$/.exec(line);
    if (about) {
      const [, what = "", name = "", said = ""] = about;
      family(name)[what === "HELP" ? "help" : "type"] = said;
      continue;
    }
    const series = /^(\w+)(\{.*\})? (\S+)$/.exec(line);
    if (!series) throw new Error(`not in Prometheus' format: ${line}`);
    const [, name = "", labels = "", value = ""] = series;
    if (values.has(name + labels)) throw new Error(`twice: ${line}`);
    values.set(name + labels, Number(value));
    const histogram = name.replace(/_(?:bucket|sum|count)$/, "");
    const { labels: known } = family(families.get(histogram)?.type === "histogram" ? histogram : name);
    for (const [, label = ""] of labels.matchAll(/(\w+)="/g)) if (label !== "le") known.add(label);
  }
  return {
    value: (series) => values.get(series),
    startingWith: (start) => Object.fromEntries([...values].filter(([series]) => series.startsWith(start))),
    families,
  };
}

/** Reads `/metrics` of a server or a recorder. */
export async function scrape(url: string): Promise<Scraped> {
  return readFigures(await (await fetch(`${url}/metrics`)).text());
}
