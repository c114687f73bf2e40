import { createLog, openPostgres, statement, systemClock, type Postgres } from "@muster/foundation";
import { expect, it, onTestFinished, vi } from "vitest";

import { postgresOfFile } from "../../../../../test/harness/postgres-of-file.ts";
import type { NewCallback, PendingCallback } from "../../ports/outbox.ts";
import type { OpenStore } from "../opened-store.ts";
import { migrations, SCHEMA } from "./migrations.ts";
import { openPostgresStore } from "./open-store.ts";

const APP = 1400000001;
const DAY = 86_400_000;

const postgres = await postgresOfFile();

/** A store, and the database that it is in. */
async function opened(): Promise<{
  url: string;
  store: OpenStore;
  db: Postgres;
  age: (days: number) => Promise<void>;
}> {
  const url = await postgres.createDatabase();
  const store = await openPostgresStore(url, { clock: systemClock, log: createLog("server", "silent") });
  const db = await openPostgres(url, { schema: SCHEMA, migrations });
  onTestFinished(async () => {
    await Promise.all([store.close(), db.close()]);
  });
  // Nobody waits for days: what was written becomes older instead.
  const age = async (days: number): Promise<void> => {
    await db.all(statement("UPDATE period SET began_at = began_at - $1"), days * DAY);
    await db.all(statement("UPDATE outbox SET accepted_at = accepted_at - $1"), days * DAY);
    await db.all(statement("UPDATE attempt SET started_at = started_at - $1"), days * DAY);
    await db.all(statement("UPDATE given_up SET given_up_at = given_up_at - $1"), days * DAY);
  };
  return { url, store, db, age };
}

function callback(lane: string, id: string): NewCallback {
  const command = "Group.CallbackAfterGroupDestroyed";
  return { id, lane, command, body: "{}", clientIp: "", platform: "iOS", acceptedAt: Date.now() };
}

async function add({ store }: OpenStore, lane: string, ...ids: string[]): Promise<void> {
  await store.write(APP, async (tx) => {
    for (const id of ids) await tx.enqueue(callback(lane, id));
  });
}

async function settle({ outbox }: OpenStore, lane: string, state: "delivered" | "dead", count: number): Promise<void> {
  const attemptOf = ({ attempts }: PendingCallback) => ({
    number: attempts + 1,
    startedAt: Date.now(),
    durationMs: 1,
    outcome: state === "dead" ? ("refused" as const) : state,
  });
  const pending = await outbox.pending(APP, lane, 0, count);
  await outbox.settle(
    pending.map((one) => ({ callback: one, attempt: attemptOf(one), state })),
    Date.now(),
  );
}

/** As the server does every hour: callbacks are kept for 2 days, dead letters for 6. */
async function tidy({ deliveries }: OpenStore, signal?: AbortSignal): Promise<number> {
  const now = Date.now();
  let removed = 0;
  for (let after: number | undefined = 0; after !== undefined;) {
    const piece = await deliveries.removeOld({
      before: now - 2 * DAY,
      deadBefore: now - 6 * DAY,
      after,
      ...(signal && { signal }),
    });
    removed += piece.removed;
    after = piece.next;
  }
  return removed;
}

async function partsOf(db: Postgres): Promise<string[]> {
  const rows = await db.all<{ name: string }>(
    statement(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'outbox'::regclass ORDER BY 1",
    ),
  );
  return rows.map(({ name }) => name);
}

async function idsOf({ deliveries, outbox }: OpenStore): Promise<{ kept: string[]; pending: string[] }> {
  const { deliveries: kept } = await deliveries.list({ limit: 100 });
  const lanes = new Set(kept.map(({ group }) => group));
  const pending = await Promise.all([...lanes].map((lane) => outbox.pending(APP, lane, 0, 100)));
  return { kept: kept.map(({ id }) => id).toReversed(), pending: pending.flat().map(({ id }) => id) };
}

it("begins a period a day, and drops it when it is old with what need not stay", async () => {
  const { store, db, age } = await opened();
  await add(store, "a", "a1", "a2", "a3");
  await settle(store, "a", "delivered", 1);
  await settle(store, "a", "dead", 1);
  await add(store, "b", "b1");
  await settle(store, "b", "delivered", 1);
  expect(await tidy(store)).toBe(0);
  expect(await partsOf(db)).toEqual(["outbox_0", "outbox_1", "outbox_rest"]);

  await age(1);
  await tidy(store);
  await add(store, "a", "a4");
  await add(store, "b", "b2");
  await settle(store, "b", "delivered", 1);
  expect(await partsOf(db)).toEqual(["outbox_0", "outbox_1", "outbox_2", "outbox_rest"]);
  expect(await idsOf(store)).toEqual({ kept: ["a1", "a2", "a3", "b1", "a4", "b2"], pending: ["a3", "a4"] });

  await age(2);
  expect(await tidy(store)).toBe(2);
  expect(await partsOf(db)).toEqual(["outbox_1", "outbox_2", "outbox_3", "outbox_rest"]);
  // The dead letter is kept for longer, what is pending until it is not; and both go on from there.
  expect(await idsOf(store)).toEqual({ kept: ["a2", "a3", "a4", "b2"], pending: ["a3", "a4"] });
  expect((await store.deliveries.list({ sdkAppId: APP, state: "dead", limit: 9 })).deliveries).toMatchObject([
    { id: "a2", attempts: 1, lastOutcome: "refused" },
  ]);
  await settle(store, "a", "delivered", 1);
  expect(await store.outbox.dueLanes(APP, "fresh", Date.now(), 9)).toMatchObject([
    { lane: "a", last: 4, head: { id: "a4", sequence: 4 } },
  ]);
  await settle(store, "a", "delivered", 1);
  expect(await store.outbox.ledger()).toEqual([
    { sdkAppId: APP, accepted: 6, delivered: 5, pending: 0, dead: 1, cancelled: 0 },
  ]);

  await age(7);
  expect(await tidy(store)).toBe(4);
  expect(await idsOf(store)).toEqual({ kept: [], pending: [] });
  await add(store, "a", "a5");
  expect(await store.outbox.pending(APP, "a", 0, 9)).toMatchObject([{ id: "a5", sequence: 5 }]);
});

it("moves forwards only, however many do it at once, while callbacks are added", async () => {
  const { store, db, age } = await opened();
  for (let day = 1; day <= 3; day += 1) {
    await age(1);
    const ids = Array.from({ length: 40 }, (_, i) => `${day}-${i}`);
    await Promise.all([tidy(store), tidy(store), ...ids.map((id) => add(store, "a", id)), tidy(store)]);
  }
  const rows = await db.all<{ sequence: number; position: number }>(
    statement("SELECT sequence, position FROM outbox ORDER BY sequence"),
  );
  expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 120 }, (_, i) => i + 1));
  const positions = rows.map(({ position }) => position);
  expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  expect(new Set(positions).size).toBe(120);
  expect(await store.outbox.pending(APP, "a", 0, 200)).toHaveLength(120);
  const numbers = await db.all<{ number: number }>(statement("SELECT number FROM period ORDER BY number"));
  expect(numbers.at(-1)).toEqual({ number: 3 });
});

it("keeps what a replay is about to deliver, and forgets lanes of replays that are empty", async () => {
  const { store, db, age } = await opened();
  await add(store, "a", "a1", "a2");
  await settle(store, "a", "delivered", 2);
  const query = { sdkAppId: APP, after: 0, now: Date.now(), goesOn: () => true };
  await store.deliveries.replay({ ...query, upTo: 1 });
  await settle(store, "↻a", "delivered", 1);
  await age(1);
  await tidy(store);
  await store.deliveries.replay({ ...query, upTo: 2, after: 1 });
  await age(2);
  expect(await tidy(store)).toBe(2);
  expect((await idsOf(store)).kept).toEqual(["a2", "a2"]);
  await settle(store, "↻a", "delivered", 1);
  await age(5);
  await tidy(store);
  expect(await db.all(statement("SELECT lane, last FROM lane"))).toEqual([{ lane: "a", last: 2 }]);
});

/** Has a period that is old, and that takes until it is told to end to be dropped. Resolves when that is under way. */
async function dropSlowly(signal?: AbortSignal) {
  const under = await opened();
  const { url, store, db, age } = under;
  await add(store, "a", "a1", "a2");
  await settle(store, "a", "delivered", 2);
  await age(1);
  await tidy(store);
  await age(2);
  await postgres.run(
    url,
    `SET search_path TO ${SCHEMA};
     CREATE TABLE held AS SELECT 1 AS one;
     CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$ BEGIN
       WHILE EXISTS (SELECT FROM held) LOOP PERFORM pg_sleep(0.01); END LOOP; RETURN OLD;
     END $$;
     CREATE TRIGGER linger BEFORE DELETE ON period FOR EACH ROW EXECUTE FUNCTION linger()`,
  );
  // As long as its time is up to the test, nothing is given up because it takes long.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const dropping = tidy(store, signal);
  const lingers = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
  while ((await postgres.rows(url, lingers)).length === 0);
  const letGo = (): Promise<unknown> => db.all(statement("DELETE FROM held"));
  return { ...under, dropping, letGo };
}

it("drops a period though that takes long, and others leave that to whoever is at it", async () => {
  const { store, db, dropping, letGo } = await dropSlowly();
  vi.advanceTimersByTime(60_000);
  expect(await tidy(store)).toBe(0);
  await letGo();
  expect(await dropping).toBe(2);
  expect(await partsOf(db)).not.toContain("outbox_0");
});

it("calls off what takes long, and keeps all of it then", async () => {
  const ending = new AbortController();
  const { store, db, dropping } = await dropSlowly(ending.signal);
  ending.abort();
  await expect(dropping).rejects.toThrow("what took long was called off");
  expect(await partsOf(db)).toContain("outbox_0");
  expect((await idsOf(store)).kept).toEqual(["a1", "a2"]);
});
