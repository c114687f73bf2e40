import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { scrape, type Family, type Scraped } from "../harness/figures.ts";
import { sdkAppId, startIm } from "../harness/im.ts";
import { startTestRecorder } from "../harness/recorder.ts";
import { metricReaches } from "../harness/rest.ts";

const guide = readFileSync(new URL("../../docs/guides/metrics.md", import.meta.url), "utf8");

/** The figures in the table below a heading: their types and labels. */
function documented(heading: string): Record<string, { type: string; labels: string[] }> {
  const section = guide.split(/^## /m).find((text) => text.startsWith(heading)) ?? "";
  const rows = [...section.matchAll(/^\| `(\w+)` +\| (\w+) +\| (.*?) +\|/gm)];
  return Object.fromEntries(
    rows.map(([, name = "", type = "", labels = ""]) => [
      name,
      { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label = ""]) => label).toSorted() },
    ]),
  );
}

const described = ({ type, labels }: Family) => ({ type, labels: [...labels].toSorted() });

/** The program's own figures, as they are. */
function given({ families }: Scraped): Record<string, { type: string; labels: string[] }> {
  return Object.fromEntries(
    [...families].filter(([name]) => name.startsWith("muster_")).map(([name, family]) => [name, described(family)]),
  );
}

async function serverFigures(): Promise<Scraped> {
  const im = await startIm();
  // Each figure has a series once there was something to count: a failing endpoint's alone is rare.
  await im.rest("group_open_http_svc/create_group", { Type: "Public", Name: "chess" });
  await metricReaches(im.url, `muster_callbacks{sdk_app_id="${sdkAppId}",state="delivered"}`, 1);
  return await scrape(im.url);
}

async function recorderFigures(): Promise<Scraped> {
  const sink = { concurrency: 1, batchSize: 1, deliver: async () => {}, close: async () => {} };
  const recorder = await startTestRecorder({ section: { mirror: true }, sinks: [{ name: "guide", sink }] });
  await recorder.post({ body: { CallbackCommand: "Group.CallbackAfterGroupFull", GroupId: "chess", EventTime: 1 } });
  return await scrape(recorder.url);
}

describe("the guide to the metrics", () => {
  it("has every figure of the server, with its type and labels, and no other", async () => {
    const figures = given(await serverFigures());
    const told = documented("Server");
    // Its series come with the first failure; test/e2e/metrics.test.ts has one.
    expect(figures["muster_endpoint_openings_total"]).toEqual({ type: "counter", labels: [] });
    figures["muster_endpoint_openings_total"] = { type: "counter", labels: ["sdk_app_id"] };
    expect(told).toEqual(figures);
  });

  it("has every figure of the recorder as well", async () => {
    expect(documented("Recorder")).toEqual(given(await recorderFigures()));
  });

  it("names nothing that there is not, in alerts either", async () => {
    const families = new Map([...(await serverFigures()).families, ...(await recorderFigures()).families]);
    const names = [...guide.matchAll(/\b(?:muster|process|nodejs)_\w+/g)].map(([name]) =>
      name.replace(/_(?:bucket|sum|count)$/, ""),
    );
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name) => !families.has(name))).toEqual([]);
  });

  it("is about figures that say what they are, and are named as Prometheus names them", async () => {
    const families = [...(await serverFigures()).families, ...(await recorderFigures()).families];
    for (const [name, { help, type }] of families) {
      expect(help, name).toMatch(/\S/);
      if (!name.startsWith("muster_")) continue;
      expect(help, name).toMatch(/^.*\.$/);
      expect(name.endsWith("_total"), name).toBe(type === "counter");
      expect(name, "durations are in seconds").not.toMatch(/_(?:ms|millis|milliseconds)/);
    }
  });
});
