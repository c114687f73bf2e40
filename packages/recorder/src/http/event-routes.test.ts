import { expect, it } from "vitest";

import { allEvents, startTestRecorder, type EventList } from "../../../../test/harness/recorder.ts";

const topic = (groupId: string, topicId: string) => ({
  CallbackCommand: "Group.CallbackAfterTopicDestroyed",
  GroupId: groupId,
  Type: "Community",
  TopicIdList: [topicId],
});
const full = (groupId: string) => ({ CallbackCommand: "Group.CallbackAfterGroupFull", GroupId: groupId });

it("gives the journal in pages, in the order of arrival, and nothing at the end", async () => {
  const recorder = await startTestRecorder();
  for (let i = 1; i <= 5; i += 1) await recorder.post({ body: topic("a", String(i)) });
  const first: EventList = await recorder.get("/v1/events?limit=2");
  const second: EventList = await recorder.get(`/v1/events?limit=2&after=${first.next}`);
  const third: EventList = await recorder.get(`/v1/events?limit=2&after=${second.next}`);
  const pages = [first, second, third].map(({ events, next }) => [events.map(({ position }) => position), next]);
  expect(pages).toEqual([
    [["1", "2"], "2"],
    [["3", "4"], "4"],
    [["5"], null],
  ]);
  expect(await recorder.get("/v1/events?after=5")).toEqual({ events: [], next: null });
  expect(await recorder.get("/v1/events?limit=5")).toMatchObject({ next: null });
});

it("gives 100 events where nobody says how many, and as many as 1000", async () => {
  const recorder = await startTestRecorder();
  await Promise.all(Array.from({ length: 101 }, (_, i) => recorder.post({ body: topic("a", String(i)) })));
  const page: EventList = await recorder.get("/v1/events");
  expect([page.events.length, page.next]).toEqual([100, "100"]);
  expect((await recorder.get<EventList>("/v1/events?limit=1000")).events).toHaveLength(101);
  expect(await allEvents(recorder)).toHaveLength(101);
});

it("gives the events of a group, a command, an app", async () => {
  const apps = [{ sdkAppId: 1400000001 }, { sdkAppId: 1400000002 }];
  const recorder = await startTestRecorder({ section: { apps } });
  const group = "@TGS#_@TGS#cQVLVHIM62CJ";
  await recorder.post({ body: topic(group, "1") });
  await recorder.post({ body: full(group) });
  await recorder.post({ body: full("b c+d&e=f") });
  await recorder.post({ body: full(group), sdkAppId: 1400000002 });
  const positions = async (query: Record<string, string>) =>
    (await allEvents(recorder, `/v1/events?${new URLSearchParams(query)}`)).map(({ position }) => position);
  expect(await positions({ group })).toEqual(["1", "2", "4"]);
  expect(await positions({ group: "b c+d&e=f" })).toEqual(["3"]);
  expect(await positions({ command: "Group.CallbackAfterGroupFull" })).toEqual(["2", "3", "4"]);
  expect(await positions({ command: "Group.CallbackAfterGroupFull", group })).toEqual(["2", "4"]);
  expect(await positions({ group, sdkAppId: "1400000002" })).toEqual(["4"]);
  expect(await positions({ group: "", command: "", limit: "" })).toEqual(["1", "2", "3", "4"]);
  expect(await positions({ group: "nobody's" })).toEqual([]);
});

it.each([
  ["limit=0", "limit must be a number from 1 to 1000"],
  ["limit=1001", "limit must be a number from 1 to 1000"],
  ["limit=1e2", "limit must be a number from 1 to 1000"],
  ["limit=-1", "limit must be a number from 1 to 1000"],
  ["after=x", "after must be a number from 0 to"],
  ["after=9999999999999999", "after must be a number from 0 to"],
  ["sdkAppId=0", "sdkAppId must be a number from 1 to"],
  ["limit=1&limit=2", "limit must be given once"],
  ["grop=a", "it has an unknown field: grop. Known here: sdkAppId, group, command, after, limit."],
])("refuses the query %s", async (query, problem) => {
  const recorder = await startTestRecorder();
  const { status, headers, text } = await recorder.request(`/v1/events?${query}`);
  expect([status, headers.get("content-type")]).toEqual([400, "application/json"]);
  expect(JSON.parse(text)).toEqual({
    ActionStatus: "FAIL",
    ErrorInfo: expect.stringContaining(problem),
    ErrorCode: 400,
  });
});
