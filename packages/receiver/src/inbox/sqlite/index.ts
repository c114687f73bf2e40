export type { SqliteConnection, SqliteStatement, SqliteValue } from "./sqlite-connection.ts";
export { createSqliteInbox } from "./sqlite-inbox.ts";
