/** What a parameter of a statement may be. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** What is needed of a prepared statement; those of node:sqlite, better-sqlite3 and bun:sqlite fit. */
export interface SqliteStatement {
  run(...parameters: SqliteValue[]): unknown;
  get(...parameters: SqliteValue[]): unknown;
  all(...parameters: SqliteValue[]): unknown[];
}

/** What is needed of a connection: `DatabaseSync` of node:sqlite and `Database` of better-sqlite3 and bun:sqlite fit. */
export interface SqliteConnection {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
}

/** A statement's first row. Where there is none, some say null and some undefined: here it is undefined. */
export function rowOf(statement: SqliteStatement, ...parameters: SqliteValue[]): unknown {
  return statement.get(...parameters) ?? undefined;
}
