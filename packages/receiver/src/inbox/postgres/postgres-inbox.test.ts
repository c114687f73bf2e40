import { Pool, type PoolClient } from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod/mini";

import { startPostgres, type RunningPostgres } from "../../../../../test/harness/postgres.ts";
import { sampleCallback } from "../inbox.contract.ts";
import { storedCallback } from "../stored-callback.ts";
import { workInboxContract } from "../work-inbox.contract.ts";
import { createPostgresInbox } from "./postgres-inbox.ts";

const keptRow = z.object({ callback: z.string(), body: z.instanceof(Uint8Array), arrivals: z.coerce.number() });
const stateRow = z.object({ state: z.enum(["waiting", "done", "dead", "stale", "quarantined"]) });

let postgres: RunningPostgres;
let schemas = 0;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());

/** Pools in a schema of their own: each is a process of its own, as far as the database can tell. */
async function openSchema(pools = 1) {
  schemas += 1;
  const schema = `inbox_${schemas}`;
  const options = { connectionString: postgres.url, options: `-c search_path=${schema}`, max: 10 };
  const [pool = new Pool(options), ...others] = Array.from({ length: pools }, () => new Pool(options));
  // What is idle may be told that the database stops before it has ended itself.
  for (const each of [pool, ...others]) each.on("error", () => undefined);
  await pool.query(`CREATE SCHEMA ${schema}`);
  await pool.query("CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, text text UNIQUE DEFERRABLE)");
  const written = async (): Promise<string[]> => {
    const { rows } = await pool.query("SELECT text FROM effects ORDER BY id");
    return z.parse(z.array(z.object({ text: z.string() })), rows).map(({ text }) => text);
  };
  const close = async (): Promise<void> => {
    await Promise.all([pool, ...others].map((each) => each.end()));
  };
  return { pool, others, inbox: createPostgresInbox(pool), written, close };
}

workInboxContract("the PostgreSQL inbox", async () => {
  const { pool, inbox, written, close } = await openSchema();
  await inbox.open();
  return {
    inbox,
    kept: async () => {
      const { rows } = await pool.query("SELECT callback, body, arrivals FROM muster_inbox ORDER BY position");
      return rows
        .map((row) => keptRow.parse(row))
        .map(({ callback, body, arrivals }) => ({ callback: storedCallback(callback, body), arrivals }));
    },
    stateOf: async (key) => {
      const { rows } = await pool.query("SELECT state FROM muster_inbox WHERE dedupe_key = $1", [key]);
      return rows.length === 0 ? undefined : stateRow.parse(rows[0]).state;
    },
    write: async (tx, text) => {
      await tx.query("INSERT INTO effects (text) VALUES ($1)", [text]);
    },
    written,
    close,
  };
});

it("keeps why a callback died in tables that are older than that, and waits for no handler to look", async () => {
  const { pool, others, inbox, close } = await openSchema(4);
  await inbox.open();
  await pool.query("ALTER TABLE muster_inbox DROP COLUMN error");
  await pool.query("DROP INDEX muster_inbox_dead");
  await Promise.all([pool, ...others].map((each) => createPostgresInbox(each).open()));
  await inbox.keep(sampleCallback());
  await inbox.work(0, async ({ lane }) => {
    for (const each of others) await createPostgresInbox(each).open();
    return { lane, state: "dead", failures: 12, error: "no" };
  });
  expect(await inbox.deadLetters(0, 9)).toMatchObject([{ attempts: 12, error: "no" }]);
  await close();
});

it("is shared by processes: each callback once and in order per lane", async () => {
  const { pool, others, written, close } = await openSchema(4);
  const inboxes = [pool, ...others].map((each) => createPostgresInbox(each));
  await Promise.all(inboxes.map((inbox) => inbox.open()));
  const lanes = 20;
  const keys = Array.from({ length: 400 }, (_, i) => `key-${i}`);
  let claims = 0;
  const drain = async (inbox: (typeof inboxes)[number]) => {
    while (
      await inbox.work(0, async ({ lane, callback, failures }, runEffect) => {
        claims += 1;
        await runEffect(async (tx) => {
          await tx.query("INSERT INTO effects (text) VALUES ($1)", [callback.dedupeKey]);
        });
        return { lane, state: "done", failures };
      })
    );
  };
  const workers = inboxes.flatMap((inbox) => [inbox, inbox]);
  const keep = keys.map((dedupeKey, i) => {
    const callback = sampleCallback({ dedupeKey, groupId: `g${i % lanes}`, sequence: 1 + Math.floor(i / lanes) });
    return Promise.all(inboxes.map((inbox) => inbox.keep(callback)));
  });
  const kept = await Promise.all(keep);
  await Promise.all(workers.map(drain));
  await Promise.all(inboxes.map(drain));
  expect(kept.map((each) => each.filter((one) => one === "new").length)).toEqual(keys.map(() => 1));
  const effects = await written();
  expect([claims, effects.length]).toEqual([400, 400]);
  for (let lane = 0; lane < lanes; lane += 1) {
    const ofLane = (key: string) => Number(key.slice(4)) % lanes === lane;
    expect(effects.filter(ofLane)).toEqual(keys.filter(ofLane));
  }
  await close();
});

it("misses nothing that comes while it is decided that a lane waits", async () => {
  const { inbox, close } = await openSchema();
  await inbox.open();
  await inbox.keep(sampleCallback({ dedupeKey: "b", sequence: 2 }));
  await inbox.work(0, async ({ lane }) => {
    await inbox.keep(sampleCallback({ dedupeKey: "a", sequence: 1 }));
    return { lane: { ...lane, dueAt: 1_000, listening: true }, state: "waiting", failures: 0 };
  });
  const keys: string[] = [];
  const note = () =>
    inbox.work(1, ({ lane, callback }) => {
      keys.push(callback.dedupeKey);
      return Promise.resolve({ lane, state: "done", failures: 0 });
    });
  while (await note());
  expect(keys).toEqual(["a", "b"]);
  await close();
});

it.each([
  ["that breaks the transaction and does not say so", "SELECT 1/0", "current transaction is aborted"],
  ["whose constraint would only fail at the commit", "INSERT INTO effects (text) VALUES ('a'), ('a')", "unique"],
  ["that ends the transaction", "COMMIT", "the receiver's to begin and to end"],
])("undoes an effect %s", async (_name, sql, message) => {
  const { inbox, written, close } = await openSchema();
  await inbox.open();
  await inbox.keep(sampleCallback());
  await inbox.work(0, async ({ lane }, runEffect) => {
    const effect = runEffect(async (tx) => {
      await tx.query("SET CONSTRAINTS ALL DEFERRED");
      const answer = tx.query(sql);
      await (sql.startsWith("SELECT") ? answer.catch(() => {}) : answer);
    });
    await expect(effect).rejects.toThrow(message);
    return { lane, state: "dead", failures: 1 };
  });
  expect(await written()).toEqual([]);
  expect(await inbox.work(0, ({ lane }) => Promise.resolve({ lane, state: "done", failures: 0 }))).toBe(false);
  await close();
});

it("ends the statement of a handler whose time is over, and counts the failure", async () => {
  const { inbox, written, close } = await openSchema();
  await inbox.open();
  await inbox.keep(sampleCallback());
  await inbox.work(0, async ({ lane }, runEffect) => {
    const effect = runEffect(async (tx) => {
      await tx.query("INSERT INTO effects (text) VALUES ('undone')");
      await Promise.race([tx.query("SELECT pg_sleep(86400)"), Promise.reject(new Error("Its time is over."))]);
    });
    await expect(effect).rejects.toThrow("Its time is over.");
    return { lane, state: "waiting", failures: 1 };
  });
  expect(await written()).toEqual([]);
  const failures: number[] = [];
  await inbox.work(0, (work) => {
    failures.push(work.failures);
    return Promise.resolve({ lane: work.lane, state: "done", failures: 1 });
  });
  expect(failures).toEqual([1]);
  await close();
});

it("bears a connection that is lost while a handler does something else", async () => {
  const { inbox, pool, written, close } = await openSchema();
  await inbox.open();
  await inbox.keep(sampleCallback());
  const ended = Promise.withResolvers<void>();
  pool.once("acquire", (client: PoolClient) => void client.once("end", () => ended.resolve()));
  const cut = inbox.work(0, async ({ lane }, runEffect) => {
    await runEffect(async (tx) => {
      await tx.query("INSERT INTO effects (text) VALUES ('undone')");
      await pool.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'");
      await ended.promise;
    });
    return { lane, state: "done", failures: 0 };
  });
  await expect(cut).rejects.toThrow("not queryable");
  expect(await written()).toEqual([]);
  expect(await inbox.work(0, ({ lane }) => Promise.resolve({ lane, state: "done", failures: 0 }))).toBe(true);
  await close();
});
