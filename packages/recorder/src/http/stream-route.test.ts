import { expect, it } from "vitest";

import { openEventStream } from "../../../../test/harness/event-stream.ts";
import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import { allEvents, startTestRecorder, type RecorderUnderTest } from "../../../../test/harness/recorder.ts";

const COMMAND = "Group.CallbackAfterGroupFull";

async function post(recorder: RecorderUnderTest, groupId: string, EventTime?: number): Promise<void> {
  await recorder.post({ body: { CallbackCommand: COMMAND, GroupId: groupId, EventTime } });
}

it("tells of what comes from now on, as the journal has it", async () => {
  const recorder = await startTestRecorder();
  await post(recorder, "before");
  const stream = await openEventStream(`${recorder.url}/v1/stream`);
  expect(stream.response.headers.get("content-type")).toBe("text/event-stream");
  expect(stream.response.headers.get("cache-control")).toBe("no-store");
  expect((await stream.next())?.comment).toBeDefined();
  await post(recorder, "a\nb");
  const [, event] = await allEvents(recorder);
  expect(await stream.next()).toEqual({ id: "2", event: "callback", data: event });
  await post(recorder, "c");
  expect(await stream.positions(1)).toEqual(["3"]);
});

it("goes on behind Last-Event-ID, else behind after", async () => {
  const recorder = await startTestRecorder();
  for (const groupId of ["a", "b", "c", "d"]) await post(recorder, groupId);
  const from = async (query: string, headers?: Record<string, string>) => {
    const stream = await openEventStream(`${recorder.url}/v1/stream${query}`, headers);
    return await stream.positions(2);
  };
  expect(await from("?after=0")).toEqual(["1", "2"]);
  expect(await from("?after=2")).toEqual(["3", "4"]);
  expect(await from("?after=2", { "last-event-id": "1" })).toEqual(["2", "3"]);
  expect(await from("?after=2", { "last-event-id": "" })).toEqual(["3", "4"]);
  for (const [query, headers] of [
    ["?after=x", {}],
    ["", { "last-event-id": "x" }],
    ["?limit=1", {}],
  ] as const) {
    expect((await recorder.request(`/v1/stream${query}`, { headers })).status).toBe(400);
  }
});

it("tells a consumer that comes back again and again of everything once", async () => {
  const recorder = await startTestRecorder();
  const posting = (async () => {
    for (let i = 0; i < 120; i += 1) await post(recorder, `group-${i}`);
  })();
  const seen: string[] = [];
  while (seen.length < 120) {
    const headers: Record<string, string> = seen.length > 0 ? { "last-event-id": seen.at(-1) ?? "" } : {};
    const stream = await openEventStream(`${recorder.url}/v1/stream?after=0`, headers);
    seen.push(...(await stream.positions(Math.min(17, 120 - seen.length))));
    await stream.close();
  }
  await posting;
  expect(seen).toEqual(Array.from({ length: 120 }, (_, i) => String(i + 1)));
});

it("tells of a group or a command alone where it is asked to", async () => {
  const recorder = await startTestRecorder();
  const stream = await openEventStream(`${recorder.url}/v1/stream?group=a%23b&command=${COMMAND}`);
  const other = {
    CallbackCommand: "Group.CallbackAfterTopicDestroyed",
    GroupId: "a#b",
    Type: "Community",
    TopicIdList: ["t"],
  };
  await post(recorder, "other");
  await recorder.post({ body: other });
  await post(recorder, "a#b");
  expect(await stream.positions(1)).toEqual(["3"]);
});

it("says every 15 s that it is still there, and nothing once the consumer is gone", async () => {
  const clock = createManualClock(1_700_000_000_000);
  const recorder = await startTestRecorder({ clock });
  const stream = await openEventStream(`${recorder.url}/v1/stream`);
  await stream.next();
  for (let i = 0; i < 3; i += 1) {
    clock.advance(15_000);
    expect(await stream.next()).toEqual({ comment: "still here" });
  }
  clock.advance(14_999);
  await post(recorder, "a");
  expect(await stream.positions(1)).toEqual(["1"]);
  const open = clock.waiting();
  await stream.close();
  // On PostgreSQL what follows the journal may have waited for something just then, too.
  await expect.poll(() => clock.waiting()).toBeLessThan(open);
});

it("is counted while it is open", async () => {
  const recorder = await startTestRecorder();
  const streams = async () => /muster_recorder_streams (\d+)/.exec((await recorder.request("/metrics")).text)?.[1];
  const [one, two] = await Promise.all([1, 2].map(() => openEventStream(`${recorder.url}/v1/stream`)));
  expect(await streams()).toBe("2");
  await one?.close();
  await expect.poll(streams).toBe("1");
  await two?.close();
  await expect.poll(streams).toBe("0");
});

it("ends when the recorder stops", async () => {
  const recorder = await startTestRecorder();
  const stream = await openEventStream(`${recorder.url}/v1/stream`);
  await stream.next();
  await recorder.stop();
  expect(await stream.next()).toBeUndefined();
});

it("is not begun for those who ask for its head", async () => {
  const recorder = await startTestRecorder();
  expect((await recorder.request("/v1/stream", { method: "HEAD" })).status).toBe(404);
});
