import { createLog, systemClock } from "@muster/foundation";
import { Client } from "pg";
import { beforeEach, expect, it, onTestFinished } from "vitest";

import { createManualClock } from "../../../../../test/harness/manual-clock.ts";
import { postgresOfFile } from "../../../../../test/harness/postgres-of-file.ts";
import type { Group } from "../../group/group.ts";
import type { CommittedCallback, NewCallback } from "../../ports/outbox.ts";
import type { GroupWrites } from "../../ports/store.ts";
import type { OpenStore } from "../opened-store.ts";
import { APP, member, plain } from "../sample-groups.contract.ts";
import { openPostgresStore } from "./open-store.ts";
import { SCHEMA } from "./migrations.ts";
import { createSharedCommits } from "./shared-commits.ts";

const PLAN = { sharesCommit: true };

const group = (groupId: string): Group => ({ ...plain, groupId });

const callback = (lane: string): NewCallback => ({
  id: `id-of-${lane}`,
  lane,
  command: "Group.CallbackAfterCreateGroup",
  body: "{}",
  clientIp: "",
  platform: "RESTAPI",
  acceptedAt: systemClock.now(),
});

const create =
  (groupId: string, userIds: readonly string[] = ["leckie", "peter"]) =>
  async (tx: GroupWrites): Promise<void> => {
    if (await tx.group(groupId)) throw new Error(`${groupId} is taken`);
    await tx.addGroup(
      group(groupId),
      userIds.map((userId) => member(userId)),
    );
    await tx.enqueue(callback(groupId));
  };

/** Resolves with the ids of those who were members. */
const disband =
  (groupId: string) =>
  async (tx: GroupWrites): Promise<string[]> => {
    const [found, members] = await Promise.all([tx.group(groupId), tx.memberIds(groupId)]);
    if (!found) throw new Error(`there is no ${groupId}`);
    await tx.removeGroup(groupId);
    await tx.enqueue(callback(groupId));
    return members;
  };

const postgres = await postgresOfFile();
let url: string;
let opened: OpenStore;
/** How many pieces of work each commit was for. */
let commits: number[];
beforeEach(async () => {
  url = await postgres.createDatabase();
  commits = [];
  const watch = { began: () => (pieces: number) => void commits.push(pieces) };
  opened = await openPostgresStore(url, { clock: systemClock, log: createLog("server", "silent"), watch });
  return () => opened.close();
});

const together = <T>(...works: readonly ((tx: GroupWrites) => Promise<T>)[]): Promise<PromiseSettledResult<T>[]> =>
  Promise.allSettled(works.map((work) => opened.store.write(APP, work, PLAN)));
const done = <T>(value: T): object => ({ status: "fulfilled", value });
const failed = (message: string): object => ({ status: "rejected", reason: expect.objectContaining({ message }) });

it("is one commit for what arrives together, with the numbers that each would have had", async () => {
  const heard: CommittedCallback[] = [];
  opened.outbox.onCommitted((added) => heard.push(...added));
  const names = Array.from({ length: 20 }, (_, i) => `group-${i}`);
  await together(...names.slice(0, 10).map((name) => create(name)));
  const ended = await together<unknown>(
    ...names.slice(0, 10).map(disband),
    ...names.slice(10).map((name) => create(name)),
  );
  expect(commits.filter((pieces) => pieces > 1)).toEqual([10, 20]);
  expect(ended.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => done(["leckie", "peter"])));
  const reads = opened.store.read(APP);
  expect(await reads.groupCount()).toBe(10);
  expect(await reads.usersInGroups(["peter", "leckie", "bob"], 10)).toEqual(["peter", "leckie"]);
  for (const [i, name] of names.entries()) {
    const pending = await opened.outbox.pending(APP, name, 0, 10);
    const numbers = i < 10 ? [1, 2] : [1];
    expect(pending).toMatchObject(numbers.map((sequence) => ({ sequence, id: `id-of-${name}` })));
  }
  expect(heard).toHaveLength(30);
  expect(heard.filter(({ isHead }) => isHead)).toHaveLength(20);
  expect(await opened.outbox.ledger()).toMatchObject([{ accepted: 30, pending: 30 }]);
});

it("undoes of what is refused all, and nothing of the others", async () => {
  const refused = async (tx: GroupWrites): Promise<void> => {
    await create("refused")(tx);
    throw new Error("not that one");
  };
  expect(await together(create("a"), refused, create("b"))).toEqual([
    done(undefined),
    failed("not that one"),
    done(undefined),
  ]);
  const reads = opened.store.read(APP);
  expect(await reads.group("refused")).toBeUndefined();
  expect(await reads.groupCount()).toBe(2);
  expect(await opened.outbox.ledger()).toMatchObject([{ accepted: 2 }]);
});

it("lets of two that touch the same group one be second", async () => {
  await together(create("a"));
  expect(await together<unknown>(disband("a"), disband("a"), create("b"), create("b"))).toEqual([
    done(["leckie", "peter"]),
    failed("there is no a"),
    done(undefined),
    failed("b is taken"),
  ]);
});

it("fails alone what the database refuses", async () => {
  const impossible = async (tx: GroupWrites): Promise<void> => {
    await tx.addGroup({ ...group("impossible"), createTime: 1e30 });
  };
  const both = await together(create("a"), impossible, create("b"));
  expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect(await opened.store.read(APP).groupCount()).toBe(2);
});

it("waits for nobody else's group, but for the one piece of work that needs it", async () => {
  await together(create("held"));
  const other = new Client({ connectionString: url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query(`BEGIN; UPDATE ${SCHEMA}.chat_group SET name = 'Go' WHERE group_id = 'held'`);
  const held = opened.store.write(APP, disband("held"), PLAN);
  expect(await together(create("a"), create("b"))).toEqual([done(undefined), done(undefined)]);
  expect(commits).toContain(3);
  await other.query("COMMIT");
  expect(await held).toEqual(["leckie", "peter"]);
});

it("gets through where another node makes the same group at the same time", async () => {
  const other = new Client({ connectionString: url });
  await other.connect();
  onTestFinished(() => other.end());
  await together(create("model"));
  await other.query(
    `BEGIN; INSERT INTO ${SCHEMA}.chat_group
     SELECT (jsonb_populate_record(model, '{"group_id": "a", "created": 1000}')).* FROM ${SCHEMA}.chat_group AS model`,
  );
  const first = together(create("a"));
  expect(await together(create("b"))).toEqual([done(undefined)]);
  await other.query("COMMIT");
  expect(await first).toEqual([failed("a is taken")]);
});

it("leaves a large group to a transaction of its own", async () => {
  const many = Array.from({ length: 1_001 }, (_, i) => `user-${i}`);
  await together(create("large", many), create("small"));
  expect(await together(disband("large"), disband("small"))).toEqual([done(many), done(["leckie", "peter"])]);
});

it("does by itself what nobody else could do at the same time", async () => {
  await together(create("a"), create("b"));
  const grow = async (tx: GroupWrites): Promise<number> => {
    await tx.group("a");
    await tx.addMembers("a", [member("bob")]);
    return await tx.memberCount("a");
  };
  expect(await together<unknown>(grow, disband("b"))).toEqual([done(3), done(["leckie", "peter"])]);
});

it("keeps nobody waiting for a commit that takes long", async () => {
  const clock = createManualClock(0);
  const { promise: over, resolve: end } = Promise.withResolvers<void>();
  const transaction = async (): Promise<never> => {
    await over;
    throw new Error("it was given up");
  };
  const write = createSharedCommits({
    clock,
    db: { transaction },
    open: () => {
      throw new Error("its transaction never begins");
    },
    tell: async () => undefined,
    alone: (app, work) => opened.store.write(app, work),
  });
  const first = write(APP, create("a"));
  await expect.poll(() => clock.waiting()).toBe(1);
  const second = write(APP, create("b"));
  clock.advance(1_000);
  await second;
  await write(APP, create("c"));
  expect(await opened.store.read(APP).groupCount()).toBe(2);
  end();
  await first;
  expect(await opened.store.read(APP).groupCount()).toBe(3);
});
