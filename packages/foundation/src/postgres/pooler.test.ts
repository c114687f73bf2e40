import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";

import { noPgbouncer, startPgbouncer, type Pooling } from "../../../../test/harness/pgbouncer.ts";
import { startPostgres, type RunningPostgres } from "../../../../test/harness/postgres.ts";
import { openPostgres, type Postgres } from "./open-postgres.ts";
import { statement } from "./statement.ts";

const options = {
  schema: "notes",
  migrations: [{ name: "notes", sql: "CREATE TABLE note (id bigint PRIMARY KEY, text text NOT NULL)" }],
};
const add = statement("INSERT INTO note (id, text) VALUES ($1, $2)");
const count = statement("SELECT count(*) AS n FROM note");
const lock = statement("SELECT pg_try_advisory_lock(7) AS got");
const pause = statement("SELECT pg_sleep(0.1)");
const notify = statement("SELECT pg_notify('news', $1)");

let postgres: RunningPostgres;
beforeAll(async () => {
  if (noPgbouncer === undefined) postgres = await startPostgres({ careless: true });
}, 60_000);
afterAll(() => postgres?.stop());
beforeEach((context) => {
  if (noPgbouncer !== undefined) context.skip(noPgbouncer);
});

/** A database of its own, as it is reached through a pooler of its own. */
async function pooled(pooling: Pooling): Promise<string> {
  const pooler = await startPgbouncer(postgres.url, pooling);
  onTestFinished(() => pooler.stop());
  return pooler.through(await postgres.createDatabase());
}

async function open(url: string): Promise<Postgres> {
  const db = await openPostgres(url, options);
  onTestFinished(() => db.close());
  return db;
}

describe("through a pooler that leaves sessions to their connections", () => {
  it("everything works: transactions, prepared statements, locks, notifications", async () => {
    const url = await pooled({ mode: "session" });
    const db = await open(url);
    const heard: string[] = [];
    const session = {
      channels: ["news"],
      silence: 5_000,
      onNotification: (_channel: string, payload: string) => heard.push(payload),
      onLost: () => undefined,
    };
    const [first, second] = [await db.session(session), await db.session(session)];
    onTestFinished(() => second.close());
    await Promise.all(Array.from({ length: 40 }, (_, i) => db.transaction(async (tx) => tx.push(add, i, "note"))));
    expect(await db.all(count)).toEqual([{ n: 40 }]);
    expect(await first.all(lock)).toEqual([{ got: true }]);
    expect(await second.all(lock)).toEqual([{ got: false }]);
    await db.all(notify, "here");
    await expect.poll(() => heard).toEqual(["here", "here"]);
    // Whoever has died has let go, though its session is kept for others.
    await first.close();
    await expect.poll(() => second.all(lock)).toEqual([{ got: true }]);
  });

  it("the next program has nothing of the one before it in its sessions", async () => {
    const url = await pooled({ mode: "session" });
    const before = await openPostgres(url, options);
    await before.all(add, 1, "one");
    await before.close();
    const after = await open(url);
    await after.all(add, 2, "two");
    expect(await after.all(count)).toEqual([{ n: 2 }]);
  });

  // One is not enough to begin with; and 20, pgbouncer's default, are not enough for two programs.
  it("too few of them are noticed at the start", { timeout: 30_000 }, async () => {
    const [one, twenty] = [await pooled({ mode: "session", size: 1 }), await pooled({ mode: "session" })];
    const first = await open(twenty);
    await Promise.all(Array.from({ length: 16 }, () => first.all(pause)));
    const opened = await Promise.allSettled([openPostgres(one, options), openPostgres(twenty, options)]);
    const message = expect.stringMatching(/a pooler in between has not the 17 sessions .*default_pool_size/);
    const refused = { status: "rejected", reason: { code: "STORE_UNUSABLE", message } };
    expect(opened).toMatchObject([refused, refused]);
  });
});

describe("a pooler that hands sessions around", () => {
  it.each<Pooling>([{ mode: "transaction" }, { mode: "transaction", size: 1 }, { mode: "statement" }])(
    "is recognised at the start: %j",
    async (pooling) => {
      const refused = openPostgres(await pooled(pooling), options);
      await expect(refused).rejects.toMatchObject({
        code: "STORE_UNUSABLE",
        message: expect.stringMatching(/hands one session to several connections.*pool_mode to session/),
      });
    },
  );
});
