import { describe, expect, it, onTestFinished } from "vitest";

import { startEventTaker, type Posted } from "../../../../test/harness/event-taker.ts";
import { readFigures } from "../../../../test/harness/figures.ts";
import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { startTestRecorder, type RecorderSettings, type RecorderUnderTest } from "../../../../test/harness/recorder.ts";

const COMMAND = "Group.CallbackAfterGroupFull";
const callback = (number: number, GroupId = "@TGS#2J4SZEAEL") => ({
  CallbackCommand: COMMAND,
  GroupId,
  EventTime: 1_700_000_000_000 + number,
});

interface SinkList {
  readonly sinks: readonly Record<string, unknown>[];
  readonly absent: readonly Record<string, unknown>[];
}

/** A recorder with a sink `crm`, and who takes its events. */
async function startWithSink(answering?: (posted: Posted) => number, settings: RecorderSettings = {}) {
  const taker = await startEventTaker(answering);
  onTestFinished(taker.crash);
  const crm = { name: "crm", type: "http", url: taker.url, retry: [0.01, 0.01] };
  const recorder = await startTestRecorder({ section: { sinks: [crm] }, ...settings });
  return { recorder, taker, crm };
}

const listOf = (recorder: RecorderUnderTest) => recorder.get<SinkList>("/v1/sinks");
const sinkOf = async (recorder: RecorderUnderTest) => (await listOf(recorder)).sinks[0];
const refused = (ErrorCode: number) => ({ status: ErrorCode, text: expect.stringContaining('"FAIL"') });

describe("whoever asks for the sinks", () => {
  it("sees how far each is, and in the figures", async () => {
    const { recorder, taker } = await startWithSink();
    expect(await sinkOf(recorder)).toEqual({
      name: "crm",
      type: "http",
      state: "delivering",
      position: "0",
      behind: 0,
      lagSeconds: 0,
      heldGroups: 0,
      deadLetters: 0,
      delivered: 0,
      failures: 0,
      lastFailure: null,
      nextAttemptAt: null,
    });
    for (let i = 1; i <= 5; i += 1) await recorder.post({ body: callback(i) });
    await expect.poll(() => sinkOf(recorder)).toMatchObject({ position: "5", behind: 0, delivered: 5 });
    expect(taker.taken.map(({ text }) => (JSON.parse(text) as { data: unknown }).data)).toEqual(
      [1, 2, 3, 4, 5].map((i) => callback(i)),
    );
    const { value } = readFigures((await recorder.request("/metrics")).text);
    expect(value('muster_recorder_sink_position{sink="crm"}')).toBe(5);
    expect(value('muster_recorder_sink_lag_events{sink="crm"}')).toBe(0);
    expect(value('muster_recorder_sink_delivered_total{sink="crm"}')).toBe(5);
  });

  it("sees that one is down, and by how much it lags, while callbacks are answered all the same", async () => {
    const { recorder, taker } = await startWithSink();
    await taker.crash();
    for (let i = 1; i <= 30; i += 1) {
      expect((await recorder.post({ body: callback(i, `group-${i % 6}`) })).status).toBe(200);
    }
    await expect
      .poll(() => sinkOf(recorder))
      .toMatchObject({
        state: "failing",
        lagSeconds: expect.any(Number),
        lastFailure: { at: expect.any(Number), error: expect.stringContaining("ECONNREFUSED") },
        nextAttemptAt: expect.any(Number),
        deadLetters: 0,
      });
    expect((await sinkOf(recorder))?.["lagSeconds"]).toBeGreaterThan(0);
    const { value } = readFigures((await recorder.request("/metrics")).text);
    expect(value('muster_recorder_sink_failing{sink="crm"}')).toBe(1);
    await taker.restart();
    await expect.poll(() => sinkOf(recorder)).toMatchObject({ delivered: 30, lagSeconds: 0 });
  });

  it("pauses one and lets it go on, also over a start", async () => {
    const folder = temporaryFolder();
    const { recorder, taker, crm } = await startWithSink(undefined, { folder });
    await recorder.stop();
    const first = await startTestRecorder({ folder, section: { sinks: [crm] } });
    expect((await first.request("/v1/sinks/crm/pause", { method: "POST" })).status).toBe(200);
    await first.post({ body: callback(1) });
    await first.stop();
    const second = await startTestRecorder({ folder, section: { sinks: [crm] } });
    expect(await sinkOf(second)).toMatchObject({ state: "paused", position: "0", behind: 1 });
    expect(taker.taken).toEqual([]);
    expect((await second.request("/v1/sinks/crm/resume", { method: "POST" })).status).toBe(200);
    await expect.poll(() => sinkOf(second)).toMatchObject({ state: "delivering", position: "1" });
    expect(taker.taken).toHaveLength(1);
  });

  it("finds what was not taken, and has it sent again", async () => {
    let status = 422;
    const { recorder, taker } = await startWithSink(({ text }) => (text.includes('"subject":"bad"') ? status : 200));
    for (const group of ["bad", "good", "bad", "good"]) await recorder.post({ body: callback(1, group) });
    for (const group of ["bad", "bad"]) await recorder.post({ body: callback(group.length, group) });
    await recorder.post({ body: callback(2, "good") });
    await expect.poll(() => sinkOf(recorder)).toMatchObject({ deadLetters: 2, heldGroups: 0, behind: 0 });
    const page = await recorder.get<{ deadLetters: unknown[]; next: string }>("/v1/sinks/crm/dead-letters?limit=1");
    expect(page).toEqual({
      deadLetters: [
        {
          position: "1",
          failures: 3,
          error: "HTTP status 422",
          diedAt: expect.any(Number),
          event: expect.objectContaining({ position: "1", body: callback(1, "bad") }),
        },
      ],
      next: "1",
    });
    expect(await recorder.get(`/v1/sinks/crm/dead-letters?after=${page.next}`)).toMatchObject({
      deadLetters: [{ position: "3" }],
      next: null,
    });
    const retry = (query = "") => recorder.request(`/v1/sinks/crm/dead-letters/retry${query}`, { method: "POST" });
    status = 200;
    expect(await retry("?position=3")).toMatchObject({ status: 200, text: '{"retried":1}' });
    await expect.poll(() => sinkOf(recorder)).toMatchObject({ deadLetters: 1 });
    expect(await retry()).toMatchObject({ status: 200, text: '{"retried":1}' });
    await expect.poll(() => sinkOf(recorder)).toMatchObject({ deadLetters: 0 });
    expect(taker.taken).toHaveLength(4);
    expect(await retry()).toMatchObject({ status: 200, text: '{"retried":0}' });
    expect(await retry("?position=3")).toMatchObject(refused(404));
  });

  it("sees which group waits for what, and gives that up", async () => {
    const { recorder, taker } = await startWithSink(({ text }) => (text.includes('"subject":"bad"') ? 500 : 200));
    for (const group of ["bad", "good", "bad"]) await recorder.post({ body: callback(1, group) });
    await recorder.post({ body: callback(2, "bad") });
    const held = () => recorder.get<{ held: readonly Record<string, unknown>[] }>("/v1/sinks/crm/held");
    const waiting = (after: string) => ({
      held: [
        {
          sdkAppId: 1400000001,
          groupId: "bad",
          after,
          failures: expect.any(Number),
          nextAttemptAt: expect.any(Number),
          error: "HTTP status 500",
        },
      ],
    });
    await expect.poll(held).toEqual(waiting("0"));
    const skip = (query: string) => recorder.request(`/v1/sinks/crm/held/skip${query}`, { method: "POST" });
    for (const query of ["", "?group=good", "?group=bad&sdkAppId=7"])
      expect(await skip(query)).toMatchObject(refused(404));
    expect(await skip("?group=bad&sdkAppId=1400000001")).toMatchObject({ status: 200, text: '{"skipped":"1"}' });
    await expect.poll(held).toEqual(waiting("2"));
    expect(await skip("?group=bad")).toMatchObject({ status: 200, text: '{"skipped":"3"}' });
    await expect.poll(() => sinkOf(recorder)).toMatchObject({ deadLetters: 2, heldGroups: 0, behind: 0 });
    expect(await skip("?group=bad")).toMatchObject(refused(404));
    expect(taker.taken).toHaveLength(1);
  });

  it("finds the place of one that was taken out of the configuration, and can forget it", async () => {
    const folder = temporaryFolder();
    const { recorder, taker, crm } = await startWithSink(undefined, { folder });
    await recorder.stop();
    const first = await startTestRecorder({ folder, section: { sinks: [crm] } });
    await first.post({ body: callback(1) });
    await expect.poll(() => sinkOf(first)).toMatchObject({ position: "1" });
    expect(await first.request("/v1/sinks/crm", { method: "DELETE" })).toMatchObject(refused(409));
    await first.stop();

    const without = await startTestRecorder({ folder });
    expect(await listOf(without)).toEqual({ sinks: [], absent: [{ name: "crm", position: "1" }] });
    await without.post({ body: callback(2) });
    await without.stop();

    const back = await startTestRecorder({ folder, section: { sinks: [crm] } });
    await expect.poll(() => sinkOf(back)).toMatchObject({ position: "2", delivered: 1 });
    await back.stop();

    const again = await startTestRecorder({ folder });
    expect((await again.request("/v1/sinks/crm", { method: "DELETE" })).status).toBe(200);
    expect(await again.request("/v1/sinks/crm", { method: "DELETE" })).toMatchObject(refused(404));
    expect(await listOf(again)).toEqual({ sinks: [], absent: [] });
    await again.stop();
    const now = { ...crm, from: "now" };
    const anew = await startTestRecorder({ folder, section: { sinks: [now] } });
    expect(await sinkOf(anew)).toMatchObject({ position: "2" });
    expect(taker.taken).toHaveLength(2);
  });

  it.each([
    ["GET", "/v1/sinks/none/dead-letters", 404],
    ["POST", "/v1/sinks/none/pause", 404],
    ["GET", "/v1/sinks/crm", 404],
    ["GET", "/v1/sinks?limit=1", 400],
    ["GET", "/v1/sinks/none/held", 404],
    ["POST", "/v1/sinks/none/held/skip?group=a", 404],
    ["POST", "/v1/sinks/crm/held/skip?groupId=a", 400],
    ["POST", "/v1/sinks/crm/dead-letters/retry?position=0", 400],
  ])("is refused what is not there: %s %s", async (method, path, status) => {
    const { recorder } = await startWithSink();
    expect(await recorder.request(path, { method })).toMatchObject(refused(status));
  });

  it("cannot be another site's page that changes something", async () => {
    const { recorder } = await startWithSink();
    const post = (origin: string) => recorder.request("/v1/sinks/crm/pause", { method: "POST", headers: { origin } });
    for (const origin of ["https://example.com", "null"]) expect(await post(origin)).toMatchObject(refused(403));
    expect(await sinkOf(recorder)).toMatchObject({ state: "delivering" });
    expect((await post(recorder.url)).status).toBe(200);
  });
});

it("brings events to a sink of one's own", async () => {
  const taken: string[] = [];
  const recorder = await startTestRecorder({
    sinks: [
      {
        name: "own",
        sink: {
          concurrency: 1,
          batchSize: 100,
          deliver: async (events) => void taken.push(...events.map(({ attributes }) => attributes.type)),
          close: async () => {},
        },
      },
    ],
  });
  await recorder.post({ body: callback(1) });
  await expect.poll(() => taken).toEqual([COMMAND]);
  expect(await sinkOf(recorder)).toMatchObject({ name: "own", type: "own" });
});
