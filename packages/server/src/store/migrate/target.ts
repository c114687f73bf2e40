import { openPostgres, StartError, statement, type Postgres, type PostgresValue } from "@muster/foundation";

import { migrations, SCHEMA } from "../postgres/migrations.ts";
import { copiedTables } from "./copied-tables.ts";
import type { Piece, Value } from "./source.ts";

/** Rows that are read at a time, and those of rows that are long: the longest are some MB. */
const PIECE_ROWS = 500;
const LONG_ROWS = 10;
/** Characters from which on a row is long. */
const LONG = 10_000;

const begin = statement("INSERT INTO import (source, is_complete) VALUES ($1, false)");
const standing = statement("SELECT source, is_complete FROM import");
const beginTable = statement("INSERT INTO import_table (name, copied) VALUES ($1, 0)");
const readTable = statement("SELECT copied, last FROM import_table WHERE name = $1");
const goOn = statement("UPDATE import_table SET copied = $2, last = $3 WHERE name = $1 AND copied = $4 RETURNING 1");
const others = statement(
  `SELECT 1 FROM pg_stat_activity
   WHERE application_name = '${SCHEMA}' AND datname = current_database() AND pid <> pg_backend_pid() LIMIT 1`,
);
const columns = statement(
  `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
   WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
);
const setSequence = statement("SELECT setval($1::text::regclass, $2::bigint)");
const complete = statement("UPDATE import SET is_complete = true");

/** A column of the target's. */
export interface Column {
  readonly name: string;
  /** As PostgreSQL names it. */
  readonly type: string;
}

/** How far a table was copied. */
export interface Copied {
  readonly copied: number;
  /** What names the last row, of a table that was begun. */
  readonly last?: readonly Value[];
}

/** The database that is filled. */
export interface Target {
  /** Begins, or goes on with what was begun from the same store. Says whether that is complete. */
  begin(stand: string): Promise<"begun" | "resumed" | "complete">;
  columnsOf(table: string): Promise<readonly Column[]>;
  copiedOf(table: string): Promise<Copied>;
  /** How a table's rows are added, together with the note of how far it is by that. */
  writer(table: string, columns: readonly Column[]): (piece: Piece, before: number) => Promise<void>;
  /** Hands over all rows of a table, in pieces and in no order. */
  read(
    table: string,
    columns: readonly Column[],
    take: (rows: readonly Readonly<Record<string, unknown>>[]) => void,
  ): Promise<void>;
  /** Everything is there: a server may start. */
  finish(sequences: readonly { readonly sequence: string; readonly last: number }[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the database that is filled.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openTarget(url: string): Promise<Target> {
  const db = await openPostgres(url, { schema: SCHEMA, migrations, connections: 2, name: "muster_migrate_store" });
  return {
    begin: (stand) => beginIn(db, stand),
    columnsOf: (table) => db.all<Column>(columns, table),
    async copiedOf(table) {
      const [row] = await db.all<{ copied: number; last: string | null }>(readTable, table);
      if (!row) throw refused("holds a migration by another version of muster; drop the schema, and begin anew");
      return { copied: row.copied, ...(row.last !== null && { last: JSON.parse(row.last) as Value[] }) };
    },
    writer(table, into) {
      // A list travels as text: lists of lists would have to be equally long.
      const arrays = into.map(({ type }, i) => `$${i + 1}::${isList(type) ? "text" : type}[]`).join(", ");
      const names = into.map(({ name }) => name).join(", ");
      const values = into.map(({ name, type }) => `${name}::${type}`).join(", ");
      const add = statement(
        `INSERT INTO ${table} (${names}) SELECT ${values} FROM unnest(${arrays}) AS piece (${names})`,
      );
      return async ({ rows, last }, before) => {
        const lists = into.map((_, i): PostgresValue => rows.map((row) => row[i] ?? null));
        await db.transaction(async (tx) => {
          tx.push(add, ...lists);
          const moved = await tx.all(goOn, table, before + rows.length, JSON.stringify(last), before);
          if (moved.length === 0) throw refused("is being filled by another muster migrate-store");
        });
      };
    },
    read: (table, from, take) =>
      db.transaction(async (tx) => {
        const names = from.map(({ name, type }) => (isList(type) ? `${name}::text AS ${name}` : name)).join(", ");
        tx.push(statement(`DECLARE every_${table} NO SCROLL CURSOR FOR SELECT ${names} FROM ${table}`));
        const some = statement(`FETCH ${PIECE_ROWS} FROM every_${table}`);
        const few = statement(`FETCH ${LONG_ROWS} FROM every_${table}`);
        for (let areLong = true; ;) {
          const rows: Record<string, unknown>[] = await tx.all(areLong ? few : some);
          if (rows.length === 0) return;
          take(rows);
          areLong = rows.some(isLong);
        }
      }),
    async finish(sequences) {
      for (const { name } of copiedTables) await db.all(statement(`ANALYZE ${name}`));
      await db.transaction(async (tx) => {
        for (const { sequence, last } of sequences) if (last > 0) tx.push(setSequence, sequence, last);
        tx.push(complete);
      });
    },
    close: () => db.close(),
  };
}

function beginIn(db: Postgres, stand: string): Promise<"begun" | "resumed" | "complete"> {
  return db.transaction(async (tx) => {
    await tx.all(statement("LOCK TABLE import IN EXCLUSIVE MODE"));
    const [found] = await tx.all<{ source: string; is_complete: boolean }>(standing);
    if (found) {
      if (found.source === stand) return found.is_complete ? "complete" : "resumed";
      throw found.is_complete
        ? refused("holds a store already, which was migrated before; name another database")
        : refused(
            "holds part of another store, or of this one as it was before a server ran on it; " +
              `remove that (DROP SCHEMA ${SCHEMA} CASCADE) and begin anew`,
          );
    }
    for (const { name } of copiedTables) {
      if ((await tx.all(statement(`SELECT 1 FROM ${name} LIMIT 1`))).length > 0) {
        throw refused(`holds data already (in ${SCHEMA}.${name}); name another database`);
      }
    }
    if ((await tx.all(others)).length > 0) throw refused("is in use by a server; stop that first");
    tx.push(begin, stand);
    for (const { name } of copiedTables) tx.push(beginTable, name);
    return "begun";
  });
}

function isList(type: string): boolean {
  return type.endsWith("[]");
}

function isLong(row: Readonly<Record<string, unknown>>): boolean {
  return Object.values(row).some((value) => typeof value === "string" && value.length > LONG);
}

function refused(why: string): StartError {
  return new StartError("STORE_UNUSABLE", `The database that --to names ${why}.`);
}
