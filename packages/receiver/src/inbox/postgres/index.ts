export { createPostgresInbox } from "./postgres-inbox.ts";
export type { PostgresClient, PostgresPool, PostgresResult, PostgresTransaction } from "./postgres-pool.ts";
