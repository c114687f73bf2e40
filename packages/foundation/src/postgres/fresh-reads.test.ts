import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { startPostgres, type RunningPostgres } from "../../../../test/harness/postgres.ts";
import { startReplica, type RunningReplica } from "../../../../test/harness/replica.ts";
import { systemClock } from "../clock.ts";
import { createLog } from "../log.ts";
import { openFreshReads, type FreshReads, type ReplicaReads } from "./fresh-reads.ts";
import { openPostgres, type Postgres } from "./open-postgres.ts";
import { sharedQuestion } from "./shared-question.ts";
import { statement } from "./statement.ts";

const schema = "notes";
const migrations = [{ name: "notes", sql: "CREATE TABLE note (id bigint PRIMARY KEY, text text NOT NULL)" }];
const add = statement("INSERT INTO note (id, text) VALUES ($1, $2)");
const all = statement("SELECT id FROM note ORDER BY id");
const where = statement("SELECT pg_is_in_recovery() AS replica");
const wrong = statement("SELECT 1 / $1::integer AS n");

let postgres: RunningPostgres;
let replica: RunningReplica;
beforeAll(async () => {
  postgres = await startPostgres({ careless: true });
  replica = await startReplica(postgres);
}, 60_000);
afterAll(async () => {
  await replica?.remove();
  await postgres?.stop();
});

interface Opened {
  readonly db: Postgres;
  readonly reads: FreshReads;
  readonly answered: ReplicaReads;
}

/** A database of its own, and reads that may come from its replica, or from what another URL names. */
async function opened(urlOf = (url: string) => replica.at(url)): Promise<Opened> {
  const url = await postgres.createDatabase();
  const db = await openPostgres(url, { schema, migrations });
  const plan = { url: urlOf(url), schema, connections: 4 };
  const answered = { replica: { count: 0 }, primary: { count: 0 } };
  const reads = await openFreshReads({
    primary: db,
    replica: plan,
    reads: answered,
    clock: systemClock,
    log: createLog("server", "silent"),
  });
  onTestFinished(async () => {
    await reads.close();
    await db.close();
  });
  return { db, reads, answered };
}

/** The same, once the replica is read. */
async function followed(): Promise<Opened> {
  const both = await opened();
  await isRead(both.reads);
  return both;
}

async function isRead(reads: FreshReads): Promise<void> {
  await expect.poll(() => isAtReplica(reads)).toBe(true);
}

const isAtReplica = async (reads: FreshReads): Promise<boolean | undefined> =>
  (await reads.all<{ replica: boolean }>(where))[0]?.replica;

// One after the other, for the last one cannot be undone.
describe("reads that may go to a replica", { shuffle: false }, () => {
  it("go there, and see what was committed before, each time", async () => {
    const { db, reads, answered } = await followed();
    // On a busy machine, the replica is behind for a while, and left alone.
    for (let i = 0; answered.replica.count < 300; i += 1) {
      await db.transaction(async (tx) => tx.push(add, i, "note"));
      const seen = await Promise.all([reads.all(all), reads.all(all), reads.all(all)]);
      expect(seen.map((rows) => rows.length)).toEqual([i + 1, i + 1, i + 1]);
    }
  });

  it("are the primary's where a statement is refused there, and the replica is read on", async () => {
    const { reads, answered } = await followed();
    // Once at least it is not left alone for being behind.
    const afterRefusal = async (): Promise<string | undefined> => {
      const before = answered.primary.count;
      await expect(reads.all(wrong, 0)).rejects.toThrow("division by zero");
      expect(answered.primary.count).toBe(before + 1);
      return reads.state().leftAlone;
    };
    await expect.poll(afterRefusal).toBeUndefined();
  });

  it("are the primary's while the replica is behind, and delay nobody but the first", async () => {
    const { db, reads } = await followed();
    await replica.pause();
    await db.all(add, 1, "one");
    expect(await reads.all(all)).toEqual([{ id: 1 }]);
    expect(reads.state().leftAlone).toContain("more than 500 ms behind");
    const delays: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      const before = performance.now();
      expect(await isAtReplica(reads)).toBe(false);
      delays.push(performance.now() - before);
    }
    // Each would take that long if it waited for the replica; what a busy machine adds, it does not add to each.
    expect(Math.min(...delays)).toBeLessThan(500);
    await replica.resume();
    await isRead(reads);
  });

  it("are the primary's while the replica is gone, and the replica's when it is back", async () => {
    const { db, reads } = await followed();
    await replica.stop();
    await db.all(add, 1, "one");
    expect(await reads.all(all)).toEqual([{ id: 1 }]);
    await expect.poll(() => reads.state().leftAlone).toContain("it cannot be read");
    await replica.start();
    await isRead(reads);
    expect(await reads.all(all)).toEqual([{ id: 1 }]);
  });

  it("never go to the primary by another name, nor to another database", async () => {
    const { reads } = await opened((url) => url);
    expect(reads.state().leftAlone).toBe("it is no replica: it follows nobody");
    const { reads: others } = await opened(() => replica.at(postgres.url));
    await expect.poll(() => others.state().leftAlone).toBe("it is a replica of another database");
    expect(await isAtReplica(others)).toBe(false);
    const { reads: nobody } = await opened((url) => Object.assign(new URL(url), { port: "1" }).href);
    expect(nobody.state().leftAlone).toContain("ECONNREFUSED");
  });

  it("are the primary's when the replica has become one itself", async () => {
    const { db, reads } = await followed();
    await replica.promote();
    expect(await isAtReplica(reads)).toBe(false);
    await db.all(add, 1, "one");
    expect(await reads.all(all)).toEqual([{ id: 1 }]);
    expect(reads.state().leftAlone).toBe("it is no replica: it follows nobody");
  });
});

it("asks once for all who want to know at the same time, and nobody hears what was found before he asked", async () => {
  const answers: ((n: number) => void)[] = [];
  const ask = sharedQuestion(() => new Promise<number>((resolve) => answers.push(resolve)));
  const first = ask();
  const [second, third] = [ask(), ask()];
  answers[0]?.(1);
  expect(await first).toBe(1);
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.(2);
  expect(await Promise.all([second, third])).toEqual([2, 2]);
  expect(answers).toHaveLength(2);
});
