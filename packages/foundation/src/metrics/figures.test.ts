import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";

import { readFigures, type Scraped } from "../../../../test/harness/figures.ts";
import { createFigures, type Figures } from "./figures.ts";

const read = async (figures: Figures): Promise<Scraped> => readFigures(await figures.text());

describe("a counter", () => {
  it("gives the same series for the same labels, and shows what was added to it", async () => {
    const figures = createFigures();
    const calls = figures.counter({ name: "calls_total", help: "Calls.", labels: ["app", "outcome"] });
    const good = calls({ app: "1", outcome: "good" });
    good.count += 1;
    calls({ outcome: "good", app: "1" }).count += 1;
    calls({ app: "1", outcome: "bad" });
    for (let times = 0; times < 2; times += 1) {
      expect((await read(figures)).startingWith("calls_total")).toEqual({
        'calls_total{app="1",outcome="good"}': 2,
        'calls_total{app="1",outcome="bad"}': 0,
      });
    }
    good.count += 1;
    expect((await read(figures)).value('calls_total{app="1",outcome="good"}')).toBe(3);
  });
});

describe("a histogram", () => {
  it("counts each value in all buckets that it is not above, bounds included", async () => {
    const figures = createFigures();
    const seconds = figures.histogram({ name: "seconds", help: "How long.", labels: ["app"] }, [0.1, 1, 10]);
    for (const value of [0.05, 0.1, 0.11, 10, 11]) seconds({ app: "1" }).observe(value);
    const { families, startingWith } = await read(figures);
    expect(families.get("seconds")).toEqual({ type: "histogram", help: "How long.", labels: new Set(["app"]) });
    expect(startingWith("seconds")).toEqual({
      'seconds_bucket{app="1",le="0.1"}': 2,
      'seconds_bucket{app="1",le="1"}': 3,
      'seconds_bucket{app="1",le="10"}': 4,
      'seconds_bucket{app="1",le="+Inf"}': 5,
      'seconds_sum{app="1"}': expect.closeTo(21.26),
      'seconds_count{app="1"}': 5,
    });
  });

  it("has a series without labels", async () => {
    const figures = createFigures();
    figures.histogram({ name: "size", help: "How many." }, [1])({}).observe(2);
    expect((await read(figures)).startingWith("size")).toEqual({
      'size_bucket{le="1"}': 0,
      'size_bucket{le="+Inf"}': 1,
      size_sum: 2,
      size_count: 1,
    });
  });
});

describe("a gauge", () => {
  it("is read each time, and forgets what is not there any more", async () => {
    const figures = createFigures();
    let apps = ["1", "2"];
    figures.gauge({ name: "apps", help: "Apps.", labels: ["app"] }, async () => apps.map((app) => [{ app }, 1]));
    expect(Object.keys((await read(figures)).startingWith("apps"))).toEqual(['apps{app="1"}', 'apps{app="2"}']);
    apps = ["2"];
    expect((await read(figures)).startingWith("apps")).toEqual({ 'apps{app="2"}': 1 });
  });
});

it("figures of one program are not those of another in the same process, but for the process' own", async () => {
  const [one, other] = [createFigures(), createFigures()];
  for (const [figures, value] of [
    [one, 1],
    [other, 2],
  ] as const) {
    figures.gauge({ name: "mine", help: "Mine." }, () => [[{}, value]]);
  }
  expect([(await read(one)).value("mine"), (await read(other)).value("mine")]).toEqual([1, 2]);
  for (const figures of [one, other]) {
    const { families } = await read(figures);
    for (const name of ["process_resident_memory_bytes", "process_cpu_seconds_total", "nodejs_eventloop_lag_seconds"]) {
      expect(families.has(name), name).toBe(true);
    }
  }
});

it("figures say what they are as the library that writes them says it", () => {
  expect(createFigures().contentType).toBe(Registry.PROMETHEUS_CONTENT_TYPE);
});

it("a figure that comes when others have been shown is shown as well", async () => {
  const figures = createFigures();
  figures.counter({ name: "first_total", help: "The first." })({});
  await figures.text();
  figures.counter({ name: "second_total", help: "The second." })({});
  const { families } = await read(figures);
  expect([families.has("first_total"), families.has("second_total")]).toEqual([true, true]);
});
