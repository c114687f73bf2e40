import { openPostgres, type Postgres } from "../postgres/open-postgres.ts";
import { statement, type PostgresValue } from "../postgres/statement.ts";
import { StartError } from "../start-error.ts";
import { sizeOf, type Piece, type Value } from "./source.ts";
import type { CopiedNumber, StoreKind } from "./store-kind.ts";

/** Rows that are read at a time, and those of rows that are long: the longest are some MB. */
const PIECE_ROWS = 500;
const LONG_ROWS = 10;
/** Characters or bytes from which on a row is long. */
const LONG = 10_000;

const begin = statement("INSERT INTO import (source, is_complete) VALUES ($1, false)");
const standing = statement("SELECT source, is_complete FROM import");
const beginTable = statement("INSERT INTO import_table (name, copied) VALUES ($1, 0)");
const readTable = statement("SELECT copied, last FROM import_table WHERE name = $1");
const goOn = statement("UPDATE import_table SET copied = $2, last = $3 WHERE name = $1 AND copied = $4 RETURNING 1");
const others = statement(
  `SELECT 1 FROM pg_stat_activity
   WHERE application_name = $1 AND datname = current_database() AND pid <> pg_backend_pid() LIMIT 1`,
);
const isThere = statement("SELECT 1 FROM pg_namespace WHERE nspname = $1");
const columns = statement(
  `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
   WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
);
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
  finish(numbers: readonly (CopiedNumber & { readonly last: number })[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the database that is filled.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openTarget(kind: StoreKind, url: string): Promise<Target> {
  const { schema, migrations, tables } = kind;
  const db = await openPostgres(url, { schema, migrations, connections: 2, name: "muster_migrate_store" });
  return {
    begin: (stand) => beginIn(db, kind, stand),
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
        const lists = into.map((_, i): PostgresValue => rows.map((row) => asParameter(row[i] ?? null)));
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
    async finish(numbers) {
      for (const { name } of tables) await db.all(statement(`ANALYZE ${name}`));
      await db.transaction(async (tx) => {
        for (const { set, last } of numbers) if (last > 0) tx.push(statement(set), last);
        tx.push(complete);
      });
    },
    close: () => db.close(),
  };
}

function beginIn(
  db: Postgres,
  { program, schema, tables, derived }: StoreKind,
  stand: string,
): Promise<"begun" | "resumed" | "complete"> {
  return db.transaction(async (tx) => {
    await tx.all(statement("LOCK TABLE import IN EXCLUSIVE MODE"));
    const [found] = await tx.all<{ source: string; is_complete: boolean }>(standing);
    if (found) {
      if (found.source === stand) return found.is_complete ? "complete" : "resumed";
      throw found.is_complete
        ? refused("holds a store already, which was migrated before; name another database")
        : refused(
            `holds part of another store, or of this one as it was before a ${program} ran on it; ` +
              `remove that (DROP SCHEMA ${schema} CASCADE) and begin anew`,
          );
    }
    for (const { name } of tables) {
      if ((await tx.all(statement(`SELECT 1 FROM ${name} LIMIT 1`))).length > 0) {
        throw refused(`holds data already (in ${schema}.${name}); name another database`);
      }
    }
    if (derived !== undefined && (await tx.all(isThere, derived)).length > 0) {
      throw refused(`has ${derived} of another store; remove that (DROP SCHEMA ${derived} CASCADE)`);
    }
    if ((await tx.all(others, schema)).length > 0) throw refused(`is in use by a ${program}; stop that first`);
    tx.push(begin, stand);
    for (const { name } of tables) tx.push(beginTable, name);
    return "begun";
  });
}

/** The driver takes its own kind of bytes alone. */
function asParameter(value: Value): Value {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

function isList(type: string): boolean {
  return type.endsWith("[]");
}

function isLong(row: Readonly<Record<string, unknown>>): boolean {
  return Object.values(row).some((value) => sizeOf(value) > LONG);
}

function refused(why: string): StartError {
  return new StartError("STORE_UNUSABLE", `The database that --to names ${why}.`);
}
