import fastify from "fastify";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import {
  allEvents,
  startTestRecorder,
  type EventList,
  type RecorderUnderTest,
} from "../../../../test/harness/recorder.ts";
import { sampleEvent } from "../sinks/sink.contract.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { addGroupRoutes } from "./group-routes.ts";

/** When a group's life begins, in ms since 1970: 2023-11-14T22:13:20Z. */
const BEGUN = 1_700_000_000_000;
const GROUP = "@TGS#_@TGS#cQVLVHIM62CJ";
const path = (groupId: string) => `/v1/groups/${encodeURIComponent(groupId)}`;

/** Posts a group's callback, numbered where a number is given. */
async function post(recorder: RecorderUnderTest, name: string, fields: object, sequence?: number, sdkAppId?: number) {
  const { status } = await recorder.post({
    body: {
      CallbackCommand: `Group.Callback${name}`,
      GroupId: GROUP,
      Type: "Community",
      Operator_Account: "leckie",
      ...fields,
    },
    ...(sdkAppId !== undefined && { sdkAppId }),
    ...(sequence !== undefined && {
      headers: { "webhook-id": `msg_${sequence}`, "muster-sequence": String(sequence) },
    }),
  });
  expect(status).toBe(200);
}

const created = {
  Owner_Account: "leckie",
  Name: "MyFirstGroup",
  MemberList: [{ Member_Account: "bob" }],
  EventTime: "1000",
};
const topic = (name: string) => ({ Owner_Account: "leckie", Name: name, TopicId: `${GROUP}@TOPIC#_${name}` });

describe("a group", () => {
  it("is told of as its callbacks tell of it", async () => {
    const recorder = await startTestRecorder();
    await post(recorder, "AfterCreateGroup", created, 1);
    await post(recorder, "AfterCreateTopic", topic("rules"), 2);
    await post(recorder, "AfterMemberFieldChanged", { Member_Account: "bob", NameCard: "Bob", EventTime: 2000 }, 3);
    await post(recorder, "AfterGroupInfoChanged", { FaceUrl: "f", EventTime: 3000 }, 6);
    expect(await recorder.get(path(GROUP))).toEqual({
      sdkAppId: 1400000001,
      groupId: GROUP,
      exists: true,
      life: 1,
      type: "Community",
      name: "MyFirstGroup",
      introduction: null,
      notification: null,
      faceUrl: "f",
      owner: "leckie",
      members: [
        { userId: "leckie", role: "Owner", nameCard: null, joinedAt: 1000 },
        { userId: "bob", role: "Member", nameCard: "Bob", joinedAt: 1000 },
      ],
      topics: [{ topicId: `${GROUP}@TOPIC#_rules`, name: "rules", createdAt: expect.any(Number) }],
      customFields: {},
      attributes: {},
      full: false,
      createdAt: 1000,
      disbandedAt: null,
      lastSequence: 6,
      gaps: [{ from: 4, to: 5 }],
    });
  });

  it("is told of as it was at an instant", async () => {
    const recorder = await startTestRecorder();
    await post(recorder, "AfterCreateGroup", created, 1);
    await post(recorder, "AfterGroupInfoChanged", { Name: "B", EventTime: 2000 }, 2);
    await post(recorder, "AfterGroupDestroyed", { Owner_Account: "leckie", EventTime: 3000 }, 3);
    await post(recorder, "AfterCreateGroup", { ...created, Name: "C", EventTime: 4000 }, 4);
    const at = async (instant: number) => {
      const state: { exists: boolean; life: number; name: string; lastSequence: number } = await recorder.get(
        `${path(GROUP)}?at=${new Date(instant).toISOString()}`,
      );
      return [state.exists, state.life, state.name, state.lastSequence];
    };
    expect(await at(999)).toEqual([false, 0, null, null]);
    expect(await at(1000)).toEqual([true, 1, "MyFirstGroup", 1]);
    expect(await at(2999)).toEqual([true, 1, "B", 2]);
    expect(await at(3000)).toEqual([false, 1, "B", 3]);
    expect(await at(4000)).toEqual([true, 2, "C", 4]);
    expect(await recorder.get(`${path(GROUP)}?at=1970-01-01T00:00:02.5Z`)).toMatchObject({ name: "B", life: 1 });
    expect(await recorder.get(`${path(GROUP)}?at=1970-01-01T01:00:04+01:00`)).toMatchObject({ name: "C", life: 2 });
    for (const wrong of [
      "soon",
      "-1",
      "1e3",
      "2026",
      "1795334400",
      "2026-11-22",
      "2026-11-22T08:00:00",
      "2026-13-40T00:00:00Z",
    ]) {
      const { status, text } = await recorder.request(`${path(GROUP)}?at=${wrong}`);
      expect([wrong, status, text]).toEqual([wrong, 400, expect.stringContaining("must be an instant like 2026")]);
    }
  });

  it("is not held up by events that are in quarantine, nor by messages", async () => {
    const recorder = await startTestRecorder();
    await post(recorder, "AfterCreateGroup", created, 1);
    await post(recorder, "AfterGroupDestroyed", { Owner_Account: 7 }, 2);
    for (let i = 3; i <= 8; i += 1) {
      await post(recorder, "AfterSendMsg", { From_Account: "bob", MsgSeq: i, MsgTime: 1, MsgBody: [] }, i);
    }
    expect(await recorder.get(path(GROUP))).toMatchObject({
      exists: true,
      name: "MyFirstGroup",
      lastSequence: 8,
      gaps: [],
    });
  });

  it("is read to its end where it has many events", async () => {
    const recorder = await startTestRecorder();
    await post(recorder, "AfterCreateGroup", { ...created, MemberList: [] }, 1);
    const join = (i: number) =>
      post(recorder, "AfterNewMemberJoin", { JoinType: "Apply", NewMemberList: [{ Member_Account: `user-${i}` }] }, i);
    await Promise.all(Array.from({ length: 450 }, (_, i) => join(i + 2)));
    const state: { members: { userId: string }[]; gaps: unknown[] } = await recorder.get(path(GROUP));
    expect(state.members).toHaveLength(451);
    expect(state.gaps).toEqual([]);
    expect(await allEvents(recorder, `${path(GROUP)}/timeline`)).toHaveLength(451);
  });

  it.each([
    GROUP,
    "@TGS#2J4SZEAEL",
    "a/b",
    "50%",
    "%41",
    "%2F",
    "a?b=c&d",
    "群组",
    "...",
    " ",
    "a+b",
    '"',
    ":groupId",
    "*",
  ])("may be called %j", async (groupId) => {
    const recorder = await startTestRecorder();
    await post(recorder, "AfterGroupFull", { GroupId: groupId });
    expect(await recorder.get(path(groupId))).toMatchObject({ groupId, full: true });
    expect(await recorder.get(`${path(groupId)}/timeline`)).toMatchObject({ events: [{ groupId }] });
  });

  it("is not found where nothing has told of it", async () => {
    const recorder = await startTestRecorder();
    await post(recorder, "AfterCreateGroup", created);
    for (const missing of [
      path("other"),
      `${path("other")}/timeline`,
      `${path(GROUP)}?sdkAppId=7`,
      path("a".repeat(400)),
    ]) {
      const { status, text } = await recorder.request(missing);
      expect([status, JSON.parse(text)]).toEqual([
        404,
        { ActionStatus: "FAIL", ErrorInfo: expect.stringContaining("No event has told of this group"), ErrorCode: 404 },
      ]);
    }
  });

  it("is one per app, and the one that was there first where nobody says which", async () => {
    const apps = [{ sdkAppId: 1400000001 }, { sdkAppId: 1400000002 }];
    const recorder = await startTestRecorder({ section: { apps } });
    await post(recorder, "AfterCreateGroup", { ...created, Name: "second" }, undefined, 1400000002);
    await post(recorder, "AfterCreateGroup", { ...created, Name: "first" }, undefined, 1400000001);
    expect(await recorder.get(path(GROUP))).toMatchObject({ sdkAppId: 1400000002, name: "second" });
    expect(await recorder.get(`${path(GROUP)}?sdkAppId=1400000001`)).toMatchObject({
      sdkAppId: 1400000001,
      name: "first",
    });
    expect(await recorder.get(`${path(GROUP)}/timeline?sdkAppId=1400000001`)).toMatchObject({
      events: [{ sdkAppId: 1400000001, what: "leckie created first" }],
    });
  });
});

describe("the list of groups", () => {
  it("has each group once, in the order in which they were told of, in pages", async () => {
    const recorder = await startTestRecorder();
    for (const groupId of ["a", "b", "c"]) {
      await post(recorder, "AfterCreateGroup", { ...created, GroupId: groupId, Name: groupId });
    }
    await post(recorder, "AfterGroupDestroyed", { GroupId: "a", Owner_Account: "leckie", Name: "a", EventTime: 2000 });
    await post(recorder, "AfterCreateTopic", { ...topic("t"), GroupId: "b" });
    const summary = (name: string) => ({
      sdkAppId: 1400000001,
      groupId: name,
      exists: true,
      life: 1,
      type: "Community",
      name,
      owner: "leckie",
      memberCount: 2,
      topicCount: 0,
      createdAt: 1000,
      disbandedAt: null,
      lastSequence: null,
      complete: true,
    });
    const first: { groups: unknown[]; next: string } = await recorder.get("/v1/groups?limit=2");
    expect(first.groups).toEqual([
      { ...summary("a"), exists: false, disbandedAt: 2000 },
      { ...summary("b"), topicCount: 1 },
    ]);
    expect(await recorder.get(`/v1/groups?limit=2&after=${first.next}`)).toEqual({
      groups: [summary("c")],
      next: null,
    });
  });

  it("says of which groups something is missing", async () => {
    const recorder = await startTestRecorder();
    await post(recorder, "AfterCreateGroup", created, 2);
    expect(await recorder.get("/v1/groups")).toMatchObject({ groups: [{ complete: false, lastSequence: 2 }] });
    await post(recorder, "AfterGroupFull", {}, 1);
    expect(await recorder.get("/v1/groups")).toMatchObject({ groups: [{ complete: true, lastSequence: 2 }] });
  });
});

describe("a timeline", () => {
  it("has a group's events as they happened, each in a few words, in pages", async () => {
    const recorder = await startTestRecorder();
    await post(recorder, "AfterCreateTopic", topic("rules"), 2);
    await post(recorder, "AfterCreateGroup", created, 1);
    await post(recorder, "AfterGroupFull", { GroupId: "other" }, 9);
    await post(recorder, "AfterGroupDestroyed", { Owner_Account: "leckie" }, 4);
    await post(recorder, "AfterTopicDestroyed", { TopicIdList: "rules" }, 3);
    const told: string[][] = [];
    for (let after: string | null = ""; after !== null;) {
      const page: EventList = await recorder.get(`${path(GROUP)}/timeline?limit=3&after=${after}`);
      told.push(page.events.map(({ sequence, what }) => `${sequence} ${what}`));
      after = page.next;
    }
    expect(told).toEqual([
      [
        "1 leckie created MyFirstGroup",
        "2 leckie created topic rules",
        expect.stringMatching(/^3 in quarantine: .*TopicIdList/),
      ],
      ["4 leckie disbanded the group"],
    ]);
  });

  it("is that of a span of time, in pages too", async () => {
    const recorder = await startTestRecorder();
    for (let i = 1; i <= 6; i += 1) {
      await post(recorder, "AfterGroupInfoChanged", { Name: `n${i}`, EventTime: BEGUN + i * 1_000 }, 7 - i);
    }
    const names = async (query: string) => {
      const page: EventList = await recorder.get(`${path(GROUP)}/timeline?${query}`);
      return [page.events.map(({ eventTime }) => (eventTime ?? NaN) - BEGUN), page.next];
    };
    const at = (ms: number): string => String(BEGUN + ms);
    expect(await names(`from=${at(2_000)}&to=${at(5_000)}`)).toEqual([[4_000, 3_000, 2_000], null]);
    expect(await names("from=2023-11-14T22:13:25Z")).toEqual([[6_000, 5_000], null]);
    expect(await names(`to=${at(2_000)}&limit=1`)).toEqual([[1_000], null]);
    const [times, next] = await names(`from=${at(2_000)}&to=${at(5_000)}&limit=2`);
    expect(times).toEqual([4_000, 3_000]);
    expect(await names(`from=${at(2_000)}&to=${at(5_000)}&limit=2&after=${String(next)}`)).toEqual([[2_000], null]);
    for (const wrong of ["from=yesterday", "from=2023", `from=${at(2)}&to=${at(2)}`, `from=${at(3)}&to=${at(2)}`]) {
      expect((await recorder.request(`${path(GROUP)}/timeline?${wrong}`)).status).toBe(400);
    }
  });

  it("goes on only behind an event of its own", async () => {
    const recorder = await startTestRecorder();
    await post(recorder, "AfterGroupFull", { GroupId: "other" });
    await post(recorder, "AfterCreateGroup", created);
    expect((await recorder.request(`${path(GROUP)}/timeline?after=1`)).status).toBe(400);
    expect(await recorder.get(`${path(GROUP)}/timeline?after=2`)).toEqual({ events: [], next: null });
  });

  it("leaves out what is removed as old while it is read", async () => {
    const store = openSqliteStore(`${temporaryFolder()}/recorder.db`);
    onTestFinished(() => store.close());
    for (let position = 1; position <= 4; position += 1) await store.journal.keep(sampleEvent(position));
    const { journal } = store;
    const http = fastify();
    onTestFinished(() => http.close());
    const readPlaces: typeof journal.readPlaces = async (...asked) => {
      const places = await journal.readPlaces(...asked);
      await journal.trim({ through: 2, snapshots: [], over: [] });
      return places;
    };
    addGroupRoutes(http, { journal: { ...journal, readPlaces } });
    const answer = await http.inject(`${path("@TGS#2J4SZEAEL")}/timeline?limit=3`);
    expect(answer.json()).toMatchObject({ events: [{ position: "3" }], next: "3" });
  });
});
