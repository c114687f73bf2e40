import { Socket } from "node:net";

import { Client } from "pg";
import { inject, onTestFinished } from "vitest";

import { SCHEMA } from "../../packages/server/src/store/postgres/migrations.ts";
import { runSql } from "./postgres.ts";

/** A database of this worker's, and a connection to it that stays: a new one would have to read anew what each table is. */
interface OwnDatabase {
  readonly url: string;
  readonly cleaner: Client;
}

/** This worker's databases that no test uses: to empty one is cheaper than to make one. */
const free: OwnDatabase[] = [];
let made = 0;

/** An empty database of the run's PostgreSQL, for the running test alone. Returns its URL. */
export async function emptyDatabase(): Promise<string> {
  const database = free.pop() ?? (await ownDatabase((made += 1)));
  await database.cleaner.query(EMPTY);
  onTestFinished(() => void free.push(database));
  return database.url;
}

async function ownDatabase(number: number): Promise<OwnDatabase> {
  const list = inject("postgres");
  // Of the workers that run at the same time each has a number of its own; those of earlier ones are used again.
  const name = `worker_${process.env["VITEST_POOL_ID"]}_${number}`;
  const found = await runSql(list, `SELECT FROM pg_database WHERE datname = '${name}'`);
  if (found.length === 0) await runSql(list, `CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(list), { pathname: name }).href;
  // Nothing waits for it when everything else has ended.
  const cleaner = new Client({ connectionString: url, stream: () => new Socket().unref() });
  // It ends with the run's PostgreSQL: whoever empties a database before hears of it.
  cleaner.on("error", () => undefined);
  await cleaner.connect();
  return { url, cleaner };
}

/** How long what an earlier test started may take until it is no longer connected. */
const PATIENCE = "30 seconds";

/**
 * Of the server's tables every row is gone, but of those that say how the others are, and every sequence begins anew.
 * What others have made goes as a whole.
 */
export const EMPTY = `
  DO $$ DECLARE each record; BEGIN
    WHILE EXISTS (
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
    ) LOOP
      IF clock_timestamp() > now() + interval '${PATIENCE}' THEN
        RAISE 'What an earlier test started is still connected to %', current_database();
      END IF;
      PERFORM pg_sleep(0.001), pg_stat_clear_snapshot();
    END LOOP;
    FOR each IN SELECT nspname AS name FROM pg_namespace
      WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'public', '${SCHEMA}') LOOP
      EXECUTE format('DROP SCHEMA %I CASCADE', each.name);
    END LOOP;
    FOR each IN SELECT tablename AS name FROM pg_tables
      WHERE schemaname = '${SCHEMA}' AND tablename NOT IN ('schema_version', 'period', 'shard') LOOP
      EXECUTE format('DELETE FROM ${SCHEMA}.%I', each.name);
    END LOOP;
    FOR each IN SELECT sequencename AS name FROM pg_sequences WHERE schemaname = '${SCHEMA}' LOOP
      EXECUTE format('ALTER SEQUENCE ${SCHEMA}.%I RESTART', each.name);
    END LOOP;
  END $$`;
