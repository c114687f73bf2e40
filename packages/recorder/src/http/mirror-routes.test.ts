import { describe, expect, it } from "vitest";

import { scrape } from "../../../../test/harness/figures.ts";
import { startTestRecorder, type RecorderUnderTest } from "../../../../test/harness/recorder.ts";

const start = () => startTestRecorder({ section: { mirror: true } });

async function post(recorder: RecorderUnderTest, groupId: string, sequence: number, over: object = {}): Promise<void> {
  const body = {
    CallbackCommand: "Group.CallbackAfterCreateGroup",
    GroupId: groupId,
    Type: "Public",
    Operator_Account: "leckie",
    Owner_Account: "leckie",
    Name: `n${sequence}`,
    ...over,
  };
  const headers = { "webhook-id": `${groupId}-${sequence}`, "muster-sequence": String(sequence) };
  expect((await recorder.post({ body, headers })).status).toBe(200);
}

describe("the gaps", () => {
  it("are exactly the numbers that have not come, at once, in pages", async () => {
    const recorder = await start();
    expect(await recorder.get("/v1/gaps")).toEqual({ gaps: [], next: null });
    for (const sequence of [2, 5, 9, 10]) await post(recorder, "a", sequence);
    for (const sequence of [1, 2, 3]) await post(recorder, "b", sequence);
    await post(recorder, "c", 3);
    const gap = (groupId: string, from: number, to: number) => ({ sdkAppId: 1400000001, groupId, from, to });
    const all = [gap("a", 1, 1), gap("a", 3, 4), gap("a", 6, 8), gap("c", 1, 2)];
    expect(await recorder.get("/v1/gaps")).toEqual({ gaps: all, next: null });
    const first: { gaps: unknown[]; next: string } = await recorder.get("/v1/gaps?limit=3");
    expect(first.gaps).toEqual(all.slice(0, 3));
    expect(await recorder.get(`/v1/gaps?limit=3&after=${encodeURIComponent(first.next)}`)).toEqual({
      gaps: all.slice(3),
      next: null,
    });
    expect(await recorder.get("/v1/gaps?group=c")).toEqual({ gaps: all.slice(3), next: null });
    expect(await recorder.get("/v1/gaps?sdkAppId=1400000001&group=b")).toEqual({ gaps: [], next: null });
    expect(await recorder.get("/v1/gaps?sdkAppId=7")).toEqual({ gaps: [], next: null });
    const figures = await scrape(recorder.url);
    expect(figures.value("muster_recorder_missing_events")).toBe(8);
    expect(figures.value("muster_recorder_incomplete_groups")).toBe(2);
    for (const sequence of [2, 1]) await post(recorder, "c", sequence);
    expect(await recorder.get("/v1/gaps?group=c")).toEqual({ gaps: [], next: null });
  });

  it("are not known without a mirror", async () => {
    const recorder = await startTestRecorder();
    const { status, text } = await recorder.request("/v1/gaps");
    expect([status, text]).toEqual([409, expect.stringContaining("set recorder.mirror to true")]);
  });
});

describe("the export", () => {
  const lines = (text: string) =>
    text
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { position?: string });

  it("has the journal's events as lines, those that are asked for, from any position on", async () => {
    const recorder = await start();
    await Promise.all(Array.from({ length: 450 }, (_, i) => post(recorder, i % 2 ? "a" : "b", i + 1)));
    const events: { events: unknown[] } = await recorder.get("/v1/events?limit=1000");
    const { text, headers } = await recorder.request("/v1/export");
    expect(headers.get("content-type")).toBe("application/x-ndjson");
    expect(lines(text)).toEqual(events.events);
    expect(lines((await recorder.request("/v1/export?what=events&after=447")).text)).toEqual(events.events.slice(447));
    expect(lines((await recorder.request("/v1/export?group=a")).text)).toHaveLength(225);
  });

  it("has each table of the mirror as lines, from any key on", async () => {
    const recorder = await start();
    const MemberList = Array.from({ length: 300 }, (_, i) => ({ Member_Account: `user-${1_000 + i}` }));
    await post(recorder, "a", 2, { MemberList, UserDefinedDataList: [{ Key: "k", Value: "v" }] });
    const table = async (query: string) => lines((await recorder.request(`/v1/export?what=${query}`)).text);
    expect(await table("groups")).toMatchObject([{ group_id: "a", name: "n2", member_count: 301 }]);
    const members = await table("members");
    expect(members).toHaveLength(301);
    const after = encodeURIComponent(JSON.stringify([1_400_000_001, "a", "user-1100"]));
    expect(await table(`members&after=${after}`)).toEqual(members.slice(102));
    expect(await table("gaps")).toEqual([{ sdk_app_id: 1_400_000_001, group_id: "a", first: 1, last: 1 }]);
    expect(await table("custom_fields")).toMatchObject([{ key: "k", value: "v" }]);
    expect([await table("topics"), await table("attributes")]).toEqual([[], []]);
  });
});

it.each([
  ["gaps", ["after=soon", "after=[1]", "limit=0", "groups=a"]],
  ["export", ["what=mirror", "what=members&after=1", "what=groups&after=[1,2,3]", "after=x", "what=groups&group=a"]],
])("%s are not given where the query cannot be used", async (route, queries) => {
  const recorder = await start();
  for (const query of queries) {
    const { status, text } = await recorder.request(`/v1/${route}?${query}`);
    expect([query, status, JSON.parse(text)]).toEqual([query, 400, expect.objectContaining({ ErrorCode: 400 })]);
  }
});
