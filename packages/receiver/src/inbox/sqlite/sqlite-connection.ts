/** What a parameter of a statement may be. */
export type SqliteValue = string | number | bigint | null | Uint8Array;

/** What is needed of a prepared statement; those of node:sqlite and better-sqlite3 fit. */
export interface SqliteStatement {
  run(...parameters: SqliteValue[]): unknown;
  get(...parameters: SqliteValue[]): unknown;
  all(...parameters: SqliteValue[]): unknown[];
}

/** What is needed of a connection: `DatabaseSync` of node:sqlite and `Database` of better-sqlite3 fit. */
export interface SqliteConnection {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
}
