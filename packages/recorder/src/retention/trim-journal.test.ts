import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";

import { createLog } from "@muster/foundation";
import { sampleCallback } from "@muster/receiver/inbox-contract";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import { readGroup } from "../group/read-group.ts";
import type { Journal } from "../journal/journal.ts";
import { openMirror } from "../mirror/mirror.ts";
import { mirrorPath, openSqliteMirror } from "../store/sqlite/sqlite-mirror.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { startRetention } from "./retention.ts";
import { trimJournal } from "./trim-journal.ts";

const APP = 1400000001;
const START = 1_700_000_000_000;
const DAY = 86_400_000;

function newJournal() {
  const path = join(temporaryFolder(), "recorder.db");
  const store = openSqliteStore(path);
  onTestFinished(store.close);
  return { path, journal: store.journal };
}

interface Told {
  readonly name: string;
  readonly fields?: object;
  readonly groupId?: string;
  readonly sequence?: number | undefined;
}

/** Keeps the n-th event, n ms after the start. */
async function keep(journal: Journal, n: number, { name, fields = {}, groupId = "g", sequence }: Told): Promise<void> {
  const command = `Group.Callback${name}`;
  const body = { CallbackCommand: command, GroupId: groupId, Type: "Public", Operator_Account: "leckie", ...fields };
  const times = { eventTime: START + n, receivedAt: START + n };
  const bytes = new TextEncoder().encode(JSON.stringify(body));
  await journal.keep(sampleCallback({ dedupeKey: `id:1:${n}`, command, groupId, sequence, ...times, body: bytes }));
}

const created = { name: "AfterCreateGroup", fields: { Owner_Account: "leckie", Name: "A" } };
const renamed = (Name: string) => ({ name: "AfterGroupInfoChanged", fields: { Name } });
const destroyed = { name: "AfterGroupDestroyed", fields: { Owner_Account: "leckie" } };
const group = (groupId = "g") => ({ sdkAppId: APP, groupId });

describe("old events", () => {
  it("are in a mirror that had lost what it knew of them when they went", async () => {
    const { journal, path } = newJournal();
    for (const [i, told] of [created, renamed("B"), renamed("C")].entries()) await keep(journal, i + 1, told);
    await keep(journal, 4, { ...created, groupId: "another" });
    const opened = openSqliteMirror(path);
    onTestFinished(opened.close);
    const parts = { journal: opened.journal, store: opened.tables, lastPosition: 4 };
    const before = await openMirror(parts);
    await before.take((await journal.readEvents({}, 0, 1)).events);
    // It had come to 3; a failure of power has taken it back to 1.
    await trimJournal(journal, START + 4, 3);
    const mirror = await openMirror(parts);
    await mirror.take((await journal.readEvents({}, mirror.position(), 10)).events);
    const tables = new DatabaseSync(mirrorPath(path), { readOnly: true });
    onTestFinished(() => tables.close());
    expect(tables.prepare("SELECT group_id, name FROM groups ORDER BY group_id").all()).toEqual([
      { group_id: "another", name: "A" },
      { group_id: "g", name: "C" },
    ]);
  });

  it("go, and their group is what it was; its past is known from there on", async () => {
    const { journal } = newJournal();
    for (const [i, told] of [created, renamed("B"), renamed("C")].entries()) await keep(journal, i + 1, told);
    expect(await trimJournal(journal, START + 3, 3)).toEqual({ events: 2, hasOver: false });
    expect((await journal.readEvents({}, 0, 10)).events.map(({ position }) => position)).toEqual([3]);
    expect(await readGroup(journal, group())).toMatchObject({
      state: { name: "C", owner: "leckie", createdAt: START + 1 },
    });
    expect(await readGroup(journal, group(), { instant: START + 2 })).toMatchObject({ state: { name: "B" } });
    expect(await journal.readSnapshot(group())).toMatchObject({ position: 2, instant: START + 2 });
  });

  it("stay until everybody who follows the journal has taken them", async () => {
    const { journal } = newJournal();
    for (const [i, told] of [created, renamed("B"), renamed("C")].entries()) await keep(journal, i + 1, told);
    expect(await trimJournal(journal, START + 100, 1)).toMatchObject({ events: 1 });
    expect(await trimJournal(journal, START + 100, 1)).toMatchObject({ events: 0 });
  });

  it("of a disbanded group go with all that is known of it, unless something came since", async () => {
    const { journal } = newJournal();
    await keep(journal, 1, { ...created, groupId: "over" });
    await keep(journal, 2, { ...destroyed, groupId: "over" });
    await keep(journal, 3, created);
    await keep(journal, 4, destroyed);
    await keep(journal, 5, { ...created, fields: { Owner_Account: "bob", Name: "again" } });
    expect(await trimJournal(journal, START + 5, 5)).toEqual({ events: 4, hasOver: true });
    expect([await journal.appsOfGroup("over"), await journal.appsOfGroup("g")]).toEqual([[], [APP]]);
    expect(await readGroup(journal, group())).toMatchObject({ state: { exists: true, life: 2, owner: "bob" } });
    expect(await readGroup(journal, group("over"))).toMatchObject({ state: { exists: false, life: 0 } });
  });

  it("change nothing that journal or mirror say, whenever they go, and a mirror made anew says the same", async () => {
    const user = fc.constantFrom("leckie", "bob");
    const told = fc.oneof(
      fc.constant(created),
      fc.constant(destroyed),
      fc.constantFrom("B", "C").map(renamed),
      user.map((id) => ({
        name: "AfterNewMemberJoin",
        fields: { JoinType: "Apply", NewMemberList: [{ Member_Account: id }] },
      })),
      user.map((id) => ({
        name: "AfterMemberExit",
        fields: { ExitType: "Quit", ExitMemberList: [{ Member_Account: id }] },
      })),
    );
    const step = fc.record({
      told,
      groupId: fc.constantFrom("g1", "g2"),
      numbered: fc.boolean(),
      skip: fc.nat(2),
      trim: fc.nat(5),
      age: fc.nat(8),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const [trimmed, whole] = [newJournal(), newJournal()];
        const opened = openSqliteMirror(trimmed.path);
        const tables = new DatabaseSync(mirrorPath(trimmed.path), { readOnly: true });
        const parts = { journal: opened.journal, store: opened.tables, lastPosition: steps.length };
        let mirror = await openMirror({ ...parts, lastPosition: 0 });
        const sequences = new Map<string, number>();
        for (const [i, one] of steps.entries()) {
          const sequence = (sequences.get(one.groupId) ?? 0) + 1 + one.skip;
          if (one.numbered) sequences.set(one.groupId, sequence);
          const event = { ...one.told, groupId: one.groupId, sequence: one.numbered ? sequence : undefined };
          await keep(trimmed.journal, i + 1, event);
          await keep(whole.journal, i + 1, event);
          await mirror.take((await trimmed.journal.readEvents({}, mirror.position(), 100)).events);
          if (one.trim === 0) await trimJournal(trimmed.journal, START + i + 1 - one.age, mirror.position());
          await mirror.forgetGone();
        }
        const rows = () =>
          ["groups", "members", "gaps"].map((table) =>
            tables
              .prepare(`SELECT * FROM ${table}`)
              .all()
              .map(({ last_received_at: _approximate, ...row }) => row),
          );
        const before = rows();
        mirror = await openMirror({ ...parts, rebuild: true });
        await mirror.take((await trimmed.journal.readEvents({}, 0, 100)).events);
        expect(rows()).toEqual(before);
        for (const groupId of new Set(steps.map((one) => one.groupId))) {
          const [now, then] = [
            await readGroup(trimmed.journal, group(groupId)),
            await readGroup(whole.journal, group(groupId)),
          ];
          const isForgotten = (await trimmed.journal.appsOfGroup(groupId)).length === 0;
          // A group that was over went whole, perhaps a life or two ago.
          const { life, ...state } = now.state;
          const { life: lives, ...full } = then.state;
          expect(life).toBeLessThanOrEqual(lives);
          const agrees = isForgotten ? !full.exists : life < lives || isDeepStrictEqual(state, full);
          expect([groupId, agrees, state, full]).toEqual([groupId, true, state, full]);
        }
        tables.close();
        await opened.close();
      }),
      { numRuns: Number(process.env["RETENTION_RUNS"] ?? 6) },
    );
  });
});

it("takes what is old step by step, rests, and looks again", async () => {
  const { journal } = newJournal();
  const clock = createManualClock(START + 10 * DAY);
  await Promise.all(Array.from({ length: 600 }, (_, i) => keep(journal, i + 1, renamed(`n${i + 1}`))));
  let forgotten = 0;
  const retention = startRetention({
    journal,
    eventDays: 9,
    taken: async () => 590,
    onForgotten: () => (forgotten += 1),
    clock,
    log: createLog("recorder", "silent"),
  });
  onTestFinished(() => retention.stop());
  const sizes: number[] = [];
  for (const expected of [350, 100, 10]) {
    await expect.poll(() => clock.waiting()).toBe(1);
    clock.advance(25);
    await expect.poll(async () => (await journal.size()).events).toBe(expected);
    sizes.push(expected);
  }
  expect([sizes, forgotten]).toEqual([[350, 100, 10], 0]);
  expect(await readGroup(journal, group())).toMatchObject({ state: { name: "n600" } });
});
