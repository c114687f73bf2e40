import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { sampleCallback } from "@muster/receiver/inbox-contract";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { readGroup, type GroupRecord } from "../group/read-group.ts";
import type { Journal } from "../journal/journal.ts";
import { mirrorPath, openSqliteMirror } from "../store/sqlite/sqlite-mirror.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { createHeldFolds } from "./held-folds.ts";
import { openMirror } from "./mirror.ts";
import type { MirrorStore } from "./mirror-store.ts";

const APP = 1400000001;

function setUp() {
  const path = join(temporaryFolder(), "recorder.db");
  const store = openSqliteStore(path);
  onTestFinished(store.close);
  const opened = openSqliteMirror(path);
  onTestFinished(opened.close);
  const tables = new DatabaseSync(mirrorPath(path), { readOnly: true });
  onTestFinished(() => tables.close());
  const { journal } = store;
  let kept = 0;
  return {
    journal,
    opened,
    tables,
    async keep(groupId: string, name: string, fields: object, stamp: { sequence?: number; at?: number } = {}) {
      kept += 1;
      const command = `Group.Callback${name}`;
      const body = {
        CallbackCommand: command,
        GroupId: groupId,
        Type: "Public",
        Operator_Account: "leckie",
        ...fields,
      };
      await journal.keep(
        sampleCallback({
          dedupeKey: `id:1:${kept}`,
          command,
          groupId,
          sequence: stamp.sequence,
          eventTime: stamp.at,
          receivedAt: 1_700_000_000_000 + kept,
          body: new TextEncoder().encode(JSON.stringify(body)),
        }),
      );
    },
    /** A mirror as after a start of the program, which holds next to nothing in memory. */
    async start(over: { rebuild?: boolean; store?: MirrorStore } = {}) {
      const parts = { journal, store: opened.tables, lastPosition: await journal.lastPosition(), ...over };
      return openMirror({ ...parts, held: createHeldFolds(20) });
    },
  };
}

async function follow(journal: Journal, mirror: Awaited<ReturnType<typeof openMirror>>, batch = 1_000) {
  for (;;) {
    const { events } = await journal.readEvents({}, mirror.position(), batch);
    if (events.length === 0) return;
    await mirror.take(events);
  }
}

/** What the tables say of a group, in the form of what the journal says. */
function tabled(db: DatabaseSync, groupId: string) {
  const rows = (sql: string) => db.prepare(sql).all(APP, groupId);
  const [group] = rows("SELECT * FROM groups WHERE sdk_app_id = ? AND group_id = ?");
  const texts = (table: string) =>
    Object.fromEntries(
      rows(`SELECT key, value FROM ${table} WHERE sdk_app_id = ? AND group_id = ? ORDER BY key`).map((row) => [
        String(row["key"]),
        row["value"],
      ]),
    );
  return {
    group,
    members: rows(
      "SELECT user_id, role, name_card, joined_at FROM members WHERE sdk_app_id = ? AND group_id = ? ORDER BY user_id",
    ),
    topics: rows(
      "SELECT topic_id, name, created_at FROM topics WHERE sdk_app_id = ? AND group_id = ? ORDER BY topic_id",
    ),
    customFields: texts("custom_fields"),
    attributes: texts("attributes"),
    gaps: rows("SELECT first, last FROM gaps WHERE sdk_app_id = ? AND group_id = ? ORDER BY first"),
  };
}

function expected({ state, lastSequence, gaps }: GroupRecord) {
  const by = (key: string) => (a: Record<string, unknown>, b: Record<string, unknown>) =>
    String(a[key]) < String(b[key]) ? -1 : 1;
  return {
    group: expect.objectContaining({
      state: state.exists ? "there" : state.life > 0 ? "disbanded" : "unknown",
      life: state.life,
      type: state.type ?? null,
      name: state.name ?? null,
      introduction: state.introduction ?? null,
      notification: state.notification ?? null,
      face_url: state.faceUrl ?? null,
      owner: state.owner ?? null,
      member_count: state.members.length,
      topic_count: state.topics.length,
      is_full: Number(state.full),
      created_at: state.createdAt ?? null,
      disbanded_at: state.disbandedAt ?? null,
      last_sequence: lastSequence ?? null,
      missing: gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0),
    }) as unknown,
    members: state.members
      .map(({ userId, role, nameCard, joinedAt }) => ({
        user_id: userId,
        role,
        name_card: nameCard ?? null,
        joined_at: joinedAt ?? null,
      }))
      .toSorted(by("user_id")),
    topics: state.topics
      .map(({ topicId, name, createdAt }) => ({ topic_id: topicId, name, created_at: createdAt }))
      .toSorted(by("topic_id")),
    customFields: state.customFields,
    attributes: state.attributes,
    gaps: gaps.map(({ from, to }) => ({ first: from, last: to })),
  };
}

const members = (...ids: string[]) => ids.map((id) => ({ Member_Account: id }));

describe("the mirror", () => {
  it("has a group as its callbacks tell of it", async () => {
    const { journal, tables, keep, start } = setUp();
    const mirror = await start();
    const created = { Owner_Account: "leckie", Name: "MyFirstGroup", MemberList: members("bob") };
    await keep("@TGS#2J4SZEAEL", "AfterCreateGroup", created, { sequence: 1, at: 1_000 });
    await keep(
      "@TGS#2J4SZEAEL",
      "AfterCreateTopic",
      { Owner_Account: "leckie", TopicId: "t", Name: "rules" },
      { sequence: 2 },
    );
    await keep(
      "@TGS#2J4SZEAEL",
      "AfterGroupAttrChanged",
      { OptionType: "set", GroupAttr: [{ key: "k", value: "v" }] },
      { sequence: 4 },
    );
    await follow(journal, mirror);
    expect(tabled(tables, "@TGS#2J4SZEAEL")).toEqual({
      group: {
        sdk_app_id: APP,
        group_id: "@TGS#2J4SZEAEL",
        state: "there",
        life: 1,
        type: "Public",
        name: "MyFirstGroup",
        introduction: null,
        notification: null,
        face_url: null,
        owner: "leckie",
        member_count: 2,
        topic_count: 1,
        is_full: 0,
        created_at: 1_000,
        disbanded_at: null,
        last_sequence: 4,
        missing: 1,
        last_position: 3,
        last_received_at: 1_700_000_000_003,
      },
      members: [
        { user_id: "bob", role: "Member", name_card: null, joined_at: 1_000 },
        { user_id: "leckie", role: "Owner", name_card: null, joined_at: 1_000 },
      ],
      topics: [{ topic_id: "t", name: "rules", created_at: 1_700_000_000_002 }],
      customFields: {},
      attributes: { k: "v" },
      gaps: [{ first: 3, last: 3 }],
    });
  });

  it("keeps a checkpoint of a group now and then, and goes on from it", async () => {
    const { journal, opened, tables, keep, start } = setUp();
    await keep("g", "AfterCreateGroup", { Owner_Account: "leckie", Name: "first" }, { sequence: 1 });
    const changes = Array.from({ length: 1_004 }, (_, i) => i + 2);
    await Promise.all(
      changes.map((sequence) => keep("g", "AfterGroupInfoChanged", { Name: `n${sequence}` }, { sequence })),
    );
    await follow(journal, await start(), 100);
    const checkpoint = await opened.tables.readCheckpoint({ sdkAppId: APP, groupId: "g" });
    expect(checkpoint?.position).toBe(1_000);
    await keep("g", "AfterGroupInfoChanged", { Introduction: "i" }, { sequence: 1_006 });
    const read: number[] = [];
    const watched = {
      ...journal,
      readGroupEvents: (...asked: Parameters<Journal["readGroupEvents"]>) => {
        read.push(asked[2]);
        return journal.readGroupEvents(...asked);
      },
    };
    const parts = { store: opened.tables, lastPosition: 1_006 };
    await follow(journal, await openMirror({ ...parts, journal: watched }));
    expect(read).toEqual([1_000]);
    expect(tabled(tables, "g").group).toMatchObject({ name: "n1005", introduction: "i", owner: "leckie" });
    // What comes late is behind the checkpoint: everything counts anew.
    await keep("g", "AfterGroupInfoChanged", { Notification: "late" }, { sequence: 1_008 });
    await keep("g", "AfterGroupInfoChanged", { Notification: "early" }, { sequence: 1_007 });
    await follow(journal, await start());
    expect(tabled(tables, "g").group).toMatchObject({ name: "n1005", notification: "late" });
  });

  it("is as it was where writing fails, and is right once it succeeds", async () => {
    const { journal, opened, tables, keep, start } = setUp();
    let fails = false;
    const write: MirrorStore["write"] = async (...what) => {
      if (fails) throw new Error("the disk is full");
      await opened.tables.write(...what);
    };
    const mirror = await start({ store: { ...opened.tables, write } });
    fails = true;
    await keep("g", "AfterCreateGroup", { Owner_Account: "leckie", Name: "first", MemberList: members("bob") });
    await keep("g", "AfterMemberExit", { ExitType: "Quit", ExitMemberList: members("bob") });
    await expect(follow(journal, mirror)).rejects.toThrow("the disk is full");
    expect(mirror.position()).toBe(0);
    fails = false;
    await follow(journal, mirror);
    expect(tabled(tables, "g")).toEqual(expected(await readGroup(journal, { sdkAppId: APP, groupId: "g" })));
  });

  it("is made anew where it is of other rules, or of another journal", async () => {
    const { journal, opened, tables, keep, start } = setUp();
    await keep("g", "AfterCreateGroup", { Owner_Account: "leckie", Name: "first" });
    await follow(journal, await start());
    const rows = () => tables.prepare("SELECT count(*) AS n FROM groups").get();
    for (const state of [
      { position: 1, rules: 999 },
      { position: 999, rules: 1 },
    ]) {
      await opened.tables.write(state, []);
      const mirror = await start();
      expect([mirror.position(), rows()]).toEqual([0, { n: 0 }]);
      await follow(journal, mirror);
      expect(rows()).toEqual({ n: 1 });
    }
    expect((await start()).position()).toBe(1);
    expect((await start({ rebuild: true })).position()).toBe(0);
  });

  it("says at each moment what the journal says, whatever comes in whatever order, however often it is started", async () => {
    const user = fc.constantFrom("leckie", "bob", "peter");
    const happening = fc.oneof(
      fc.record({
        name: fc.constant("AfterCreateGroup"),
        fields: fc.record({
          Owner_Account: user,
          Name: fc.constantFrom("A", "B"),
          MemberList: user.map((id) => members(id)),
        }),
      }),
      fc.record({
        name: fc.constant("AfterGroupDestroyed"),
        fields: fc.record({ Owner_Account: user, MemberList: user.map((id) => members(id)) }),
      }),
      fc.record({
        name: fc.constant("AfterNewMemberJoin"),
        fields: fc.record({ JoinType: fc.constant("Apply"), NewMemberList: user.map((id) => members(id)) }),
      }),
      fc.record({
        name: fc.constant("AfterMemberExit"),
        fields: fc.record({ ExitType: fc.constant("Quit"), ExitMemberList: user.map((id) => members(id)) }),
      }),
      fc.record({
        name: fc.constant("AfterMemberFieldChanged"),
        fields: fc.record({ Member_Account: user, NameCard: fc.constantFrom("x", "y") }),
      }),
      fc.record({
        name: fc.constant("AfterGroupInfoChanged"),
        fields: fc.record({
          Name: fc.constantFrom("C", "D"),
          UserDefinedDataList: fc.constantFrom([{ Key: "k", Value: "1" }], []),
        }),
      }),
      fc.record({
        name: fc.constant("AfterCreateTopic"),
        fields: fc.record({ Owner_Account: user, TopicId: fc.constantFrom("t1", "t2"), Name: fc.constant("t") }),
      }),
      fc.record({
        name: fc.constant("AfterTopicDestroyed"),
        fields: fc.record({ TopicIdList: fc.constantFrom(["t1"], ["t1", "t2"]) }),
      }),
      fc.record({
        name: fc.constant("AfterSendMsg"),
        fields: fc.constant({ From_Account: "bob", MsgSeq: 1, MsgTime: 1, MsgBody: [] }),
      }),
    );
    const stamp = fc.record({
      sequence: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
      at: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    });
    const step = fc.record({
      groupId: fc.constantFrom("g1", "g2", "g3"),
      happening,
      stamp,
      batch: fc.integer({ min: 1, max: 4 }),
      restart: fc.nat(9),
    });
    const runs = Number(process.env["MIRROR_RUNS"] ?? 25);
    const { journal, opened, tables, keep, start } = setUp();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        run += 1;
        const named = (groupId: string) => `${run} ${groupId}`;
        let mirror = await start();
        for (const {
          groupId,
          happening: { name, fields },
          stamp: { sequence, at },
          batch,
          restart,
        } of steps) {
          const given = { ...(sequence !== undefined && { sequence }), ...(at !== undefined && { at }) };
          await keep(named(groupId), name, fields, given);
          if (restart === 0) mirror = await start();
          if (restart > 4) await follow(journal, mirror, batch);
        }
        await follow(journal, mirror);
        for (const groupId of new Set(steps.map((one) => named(one.groupId)))) {
          const record = await readGroup(journal, { sdkAppId: APP, groupId });
          expect(tabled(tables, groupId)).toEqual(expected(record));
        }
      }),
      { numRuns: runs },
    );
    // All of them together, made anew in one go, are the same.
    const all = () =>
      ["groups", "members", "topics", "custom_fields", "attributes", "gaps"].map((table) =>
        tables.prepare(`SELECT * FROM ${table}`).all(),
      );
    const before = all();
    await follow(
      journal,
      await openMirror({ journal, store: opened.tables, rebuild: true, lastPosition: await journal.lastPosition() }),
    );
    expect(all()).toEqual(before);
  });
});
