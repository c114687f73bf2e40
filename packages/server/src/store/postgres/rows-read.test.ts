import { createLog, systemClock } from "@muster/foundation";
import { expect, it } from "vitest";

import { postgresOfFile } from "../../../../../test/harness/postgres-of-file.ts";
import type { Group } from "../../group/group.ts";
import type { WritePlan } from "../../ports/store.ts";
import { APP, member, plain } from "../sample-groups.contract.ts";
import { SCHEMA } from "./migrations.ts";
import { openPostgresStore } from "./open-store.ts";

const GROUPS = 120;
const users = Array.from({ length: GROUPS }, (_, i) => `user-${i}`);

const group = (groupId: string): Group => ({ ...plain, groupId });

/** Every second one is written as those are that share a commit. */
const planOf = (i: number): WritePlan => ({ sharesCommit: i % 2 === 0 });

const postgres = await postgresOfFile();

it("reads of each table no more than what is asked for, before there are statistics of it", async () => {
  const url = await postgres.createDatabase("young");
  const opened = await openPostgresStore(url, { clock: systemClock, log: createLog("server", "silent") });
  const { store, outbox } = opened;
  await store.write(APP, async (tx) => {
    for (const userId of users) await tx.putAccount({ userId, nick: "", faceUrl: "" });
  });
  for (const [i, userId] of users.entries()) {
    const plan = planOf(i);
    await store.write(
      APP,
      async (tx) => {
        const groupId = `group-${i}`;
        expect(await tx.missingAccounts([userId, "user-0"])).toEqual([]);
        expect(await tx.group(groupId)).toBeUndefined();
        expect(await tx.usersInGroups([userId], 1)).toEqual([]);
        await tx.addGroup(group(groupId), plan.sharesCommit ? [member(userId)] : []);
        if (!plan.sharesCommit) await tx.addMembers(groupId, [member(userId)]);
        const command = "Group.CallbackAfterCreateGroup";
        const acceptedAt = systemClock.now();
        const callback = { id: groupId, lane: groupId, command, body: "{}", clientIp: "", platform: "iOS" } as const;
        await tx.enqueue({ ...callback, acceptedAt });
      },
      plan,
    );
  }
  const due = await outbox.dueLanes(APP, "fresh", systemClock.now(), GROUPS);
  expect(due).toHaveLength(GROUPS);
  for (const { lane, head } of due) {
    expect(await outbox.pending(APP, lane, 0, 10)).toHaveLength(1);
    const attempt = { number: 1, startedAt: 0, durationMs: 0, outcome: "delivered" } as const;
    await outbox.settle([{ callback: head, attempt, state: "delivered" }], systemClock.now());
  }
  for (const [i, userId] of users.entries()) {
    const plan = planOf(i);
    await store.write(
      APP,
      async (tx) => {
        expect((await tx.group(`group-${i}`))?.groupId).toBe(`group-${i}`);
        expect(await tx.memberIds(`group-${i}`)).toEqual([userId]);
        expect(await tx.usersInGroups([userId], 1)).toEqual([userId]);
        if (plan.sharesCommit) {
          await tx.removeGroup(`group-${i}`);
          return;
        }
        expect(await tx.member(`group-${i}`, userId)).toMatchObject({ userId });
        expect(await tx.membersAmong(`group-${i}`, [userId, "user-0"])).toContain(userId);
        expect(await tx.joinedGroups(userId)).toHaveLength(1);
        await tx.removeMembers(`group-${i}`, [userId]);
        await tx.removeGroup(`group-${i}`);
      },
      plan,
    );
  }
  // What its connections have counted is told when they end.
  await opened.close();
  const read = await postgres.rows(
    url,
    `SELECT relname, (coalesce(seq_tup_read, 0) + coalesce(
       (SELECT sum(idx_tup_read) FROM pg_stat_all_indexes WHERE relid = tables.relid), 0
     ))::integer AS n
     FROM pg_stat_all_tables AS tables WHERE schemaname = '${SCHEMA}' AND relname NOT IN ('shard', 'tally')`,
  );
  // In one go through it a table gives GROUPS, and all of them together a few for each group.
  const most = Math.max(...read.map(({ n }) => Number(n)));
  expect(most, JSON.stringify(read)).toBeLessThan(GROUPS * 20);
  expect(most).toBeGreaterThan(GROUPS);
});
