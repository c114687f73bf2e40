import type { PoolClient } from "pg";

import type { Migration } from "../sqlite/open.ts";
import { unusable, type PostgresPlace } from "./explain-failure.ts";

/** The lock that whoever changes a schema holds: so many programs may start together, and one does it. */
const MIGRATING = 1_299_539_827;

/**
 * Brings a program's schema up to date, in one transaction: all of it or nothing. Of programs that start together one
 * does it, and the others wait and find it done.
 * @throws {StartError} `STORE_UNUSABLE` where a newer version has been here
 */
export async function migratePostgres(
  client: PoolClient,
  place: PostgresPlace,
  schema: string,
  migrations: readonly Migration[],
): Promise<void> {
  const known = await versionOf(client, schema);
  if (known === migrations.length) return;
  // However long it takes: whoever waits for another that does it waits for all of it.
  await client.query("BEGIN; SET LOCAL statement_timeout TO 0; SET LOCAL lock_timeout TO 0");
  try {
    await client.query(`SELECT pg_advisory_xact_lock(${MIGRATING})`);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await client.query("CREATE TABLE IF NOT EXISTS schema_version (version integer NOT NULL)");
    const version = (await versionOf(client, schema)) ?? 0;
    if (version > migrations.length) {
      throw unusable(
        place,
        `it was written by a newer version (schema ${version}, this one knows ${migrations.length})`,
        "start that version, or set another store",
      );
    }
    for (const { sql } of migrations.slice(version)) await client.query(sql);
    await client.query("DELETE FROM schema_version");
    await client.query("INSERT INTO schema_version (version) VALUES ($1)", [migrations.length]);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

/** How many migrations a schema has behind it; `undefined` where it is not there. */
async function versionOf(client: PoolClient, schema: string): Promise<number | undefined> {
  const found = await client.query("SELECT to_regclass($1) IS NOT NULL AS found", [`${schema}.schema_version`]);
  if (!(found.rows as { found: boolean }[])[0]?.found) return undefined;
  const { rows } = await client.query<{ version: number }>("SELECT max(version) AS version FROM schema_version");
  return rows[0]?.version;
}
