import type { ApplicationId, Migration } from "../sqlite/open.ts";

/** A table of the target, and where its rows come from. */
export interface CopiedTable {
  readonly name: string;
  /** The source's rows, with the columns named as the target names them. */
  readonly rows: string;
  /** The table of the source whose rows are as many, where there is one. */
  readonly counted?: string;
  /** The columns that name a row, in whose order a file is read. */
  readonly key: Key;
  /** Those of a key of the same table in PostgreSQL, in whose order that is read. */
  readonly along: Key;
}

/** Columns that name a row. */
export type Key = readonly [string, ...string[]];

/** A table that both have: its columns are those of the target that the source has as well. */
export function sameTable(name: string, key: Key, along: Key = key): CopiedTable {
  return { name, rows: `SELECT * FROM ${name}`, counted: name, key, along };
}

/** A number that the target goes on with behind what the source has given. */
export interface CopiedNumber {
  /** The table of the source whose rows have it. */
  readonly of: string;
  /** Sets it in the target, to the last one, `$1`. */
  readonly set: string;
}

/** What a program's store is in a file and in PostgreSQL, and what becomes of the one in the other. */
export interface StoreKind {
  /** Whose it is, in a few words: `server`. */
  readonly program: string;
  /** How the source is recognised, and brought up to date. */
  readonly applicationId: ApplicationId;
  readonly fileMigrations: readonly Migration[];
  /** Where the target's tables are, and how they are made; two of them are `import` and `import_table`. */
  readonly schema: string;
  readonly migrations: readonly Migration[];
  /** A schema that is made from what the store holds: one that is there already was made from something else. */
  readonly derived?: string;
  /** All that a store holds, in the order in which it is copied. */
  readonly tables: readonly CopiedTable[];
  readonly numbers: readonly CopiedNumber[];
  /** The column that says whose a row is. */
  readonly app: string;
  /** What tells the source, besides how many rows it has, from what it is after a program has run on it: numbers. */
  readonly standing: readonly string[];
  /** A function that `tables` call, in the source's connection. */
  readonly function?: { readonly name: string; readonly call: (...values: unknown[]) => number };
}

/** The tables of a target in which is noted how far it is: one of the target's own migrations. */
export const importMigration: Migration = {
  name: "a store that is copied into this one",
  sql: `
      -- One row where muster migrate-store was here: what it copies, and how far each table is. "last" names a row.
      CREATE TABLE import (
        source text NOT NULL,
        is_complete boolean NOT NULL
      );
      CREATE TABLE import_table (
        name text PRIMARY KEY,
        copied bigint NOT NULL,
        last text
      );
    `,
};
