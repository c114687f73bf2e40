import { openPostgres, type Postgres } from "../postgres/open-postgres.ts";
import { statement, type PostgresStatement, type PostgresValue } from "../postgres/statement.ts";
import type { PostgresQueries } from "../postgres/transaction.ts";
import { StartError } from "../start-error.ts";
import type { Column, Piece, Value } from "./piece.ts";
import { isList, readColumns, readTable } from "./read-table.ts";
import type { CopiedNumber, CopiedTable, StoreKind } from "./store-kind.ts";

const begin = statement("INSERT INTO import (source, is_complete) VALUES ($1, false)");
const standing = statement("SELECT source, is_complete FROM import");
const beginTable = statement("INSERT INTO import_table (name, copied) VALUES ($1, 0)");
const copiedOf = statement("SELECT copied, last FROM import_table WHERE name = $1");
const goOn = statement("UPDATE import_table SET copied = $2, last = $3 WHERE name = $1 AND copied = $4 RETURNING 1");
const others = statement(
  `SELECT 1 FROM pg_stat_activity
   WHERE application_name = $1 AND datname = current_database() AND pid <> pg_backend_pid() LIMIT 1`,
);
const isThere = statement("SELECT 1 FROM pg_namespace WHERE nspname = $1");
const complete = statement("UPDATE import SET is_complete = true");

/** How far a table was copied. */
export interface Copied {
  readonly copied: number;
  /** What names the last row, of a table that was begun. */
  readonly last?: readonly Value[];
}

/** Tables of a database that are filled. */
export interface FilledTables {
  columnsOf(table: string): Promise<readonly Column[]>;
  copiedOf(table: string): Promise<Copied>;
  /** How a table's rows are added, together with the note of how far it is by that. */
  writer(table: string, columns: readonly Column[]): (piece: Piece, before: number) => Promise<void>;
  /** All rows of a table that are copied. */
  read(table: CopiedTable, columns: readonly Column[]): AsyncIterable<Piece>;
}

/** The database that is filled. */
export interface Target extends FilledTables {
  /** Begins, or goes on with what was begun from the same store. Says whether that is complete. */
  begin(stand: string): Promise<"begun" | "resumed" | "complete">;
  /** Everything is there: a server may start. */
  finish(numbers: readonly (CopiedNumber & { readonly last: number })[]): Promise<void>;
  close(): Promise<void>;
}

/** Where it is noted how far each table is: whose parameters are the table, and then what it is copied to and from. */
export interface CopyNotes {
  readonly copied: PostgresStatement;
  readonly goOn: PostgresStatement;
  /** The app that is copied; all where it is absent. */
  readonly app?: number;
}

/**
 * What the connections of whoever copies are called, and set to: tables are read along a key, piece by piece. Of one that was
 * filled just now PostgreSQL knows nothing, and would sort all of it for each piece.
 */
export const COPYING = {
  name: "muster_migrate_store",
  connections: 2,
  settings: { enable_seqscan: "off", enable_bitmapscan: "off", enable_sort: "off" },
} as const;

/** Tables that are filled piece by piece. */
export function fillTables(db: Postgres, { copied, goOn: moveOn, app }: CopyNotes): FilledTables {
  const ofApp = app === undefined ? [] : [app];
  return {
    columnsOf: (table) => readColumns(db, table),
    async copiedOf(table) {
      const [row] = await db.all<{ copied: number; last: string | null }>(copied, table, ...ofApp);
      if (!row) throw refused("holds a migration by another version of muster; drop the schema, and begin anew");
      return { copied: row.copied, ...(row.last !== null && { last: JSON.parse(row.last) as Value[] }) };
    },
    writer(table, into) {
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
          const moved = await tx.all(moveOn, table, before + rows.length, JSON.stringify(last), before, ...ofApp);
          if (moved.length === 0) throw refused("is being filled by another muster migrate-store");
        });
      };
    },
    read: ({ name, along }, columns) => readTable(db, { name, columns, along, app }),
  };
}

/**
 * Opens the database that is filled.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openTarget(kind: StoreKind, url: string): Promise<Target> {
  const { schema, migrations, tables } = kind;
  const db = await openPostgres(url, { schema, migrations, ...COPYING });
  return {
    ...fillTables(db, { copied: copiedOf, goOn }),
    begin: (stand) => beginIn(db, kind, stand),
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

/** Whether a program has connections to a database. */
export async function isInUse(db: PostgresQueries, schema: string): Promise<boolean> {
  return (await db.all(others, schema)).length > 0;
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
    if (await isInUse(tx, schema)) throw refused(`is in use by a ${program}; stop that first`);
    tx.push(begin, stand);
    for (const { name } of tables) tx.push(beginTable, name);
    return "begun";
  });
}

/** The driver takes its own kind of bytes alone. */
function asParameter(value: Value): Value {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

/** A target that cannot be used: the sentence's end says why. */
export function refused(why: string): StartError {
  return new StartError("STORE_UNUSABLE", `The database that --to names ${why}.`);
}
