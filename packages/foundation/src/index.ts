export { systemClock, type Clock } from "./clock.ts";
export { ConfigError, type ConfigProblem } from "./config/config-error.ts";
export { loadConfig, type ConfigSource } from "./config/load-config.ts";
export { problemsOf } from "./config/problems.ts";
export { fileText, pathText, schemaTree, secretText, type SchemaNode } from "./config/schema-tree.ts";
export * as settings from "./config/settings.ts";
export { createHttp, type ClientTimeouts, type FirstLook } from "./http/create-http.ts";
export { isLoopback } from "./http/is-loopback.ts";
export { listen } from "./http/listen.ts";
export { BODY_LIMIT, createBodyReader } from "./http/read-body.ts";
export { delayAsked } from "./http/retry-after.ts";
export { BEARER_CHALLENGE, bearerOf, createTokenCheck, type TokenCheck } from "./http/token-check.ts";
export { signMessage } from "./http/webhook-signature.ts";
export type { TlsFiles } from "./http/tls.ts";
export { INSTANT, readInstant, toInstant } from "./instant.ts";
export { createLog, logLevels, type Logger, type LogLevel } from "./log.ts";
export { LostCommitError } from "./lost-commit-error.ts";
export { makeFolder } from "./make-folder.ts";
export { commitFigures } from "./metrics/commit-figures.ts";
export { replicaGauge, replicaReads } from "./metrics/replica-figures.ts";
export { createFigures, type Figures, type Tally } from "./metrics/figures.ts";
export type { Observed } from "./metrics/tally-histogram.ts";
export { nextTurn } from "./next-turn.ts";
export {
  describeReplica,
  openFreshReads,
  type FreshReads,
  type ReplicaReads,
  type ReplicaState,
} from "./postgres/fresh-reads.ts";
export { isHeldUp } from "./postgres/explain-failure.ts";
export { openPostgres, type Postgres, type PostgresOptions } from "./postgres/open-postgres.ts";
export type { PostgresSession, SessionOptions } from "./postgres/session.ts";
export { fromStored, statement, type PostgresStatement, type PostgresValue } from "./postgres/statement.ts";
export type { PostgresQueries, PostgresTransaction } from "./postgres/transaction.ts";
export { announce, runUntilStopped, type Running } from "./run-program.ts";
export * from "./sqlite/index.ts";
export { startThread } from "./start-thread.ts";
export { compareTables, copyTables, countTables, type Copying, type MigrationEvent } from "./store/copy-tables.ts";
export { migrateStore, type MigratedStore, type StoreMigration } from "./store/migrate-store.ts";
export { countRows, readColumns, readTable } from "./store/read-table.ts";
export { refuseIncomplete } from "./store/refuse-incomplete.ts";
export { applicationIdOf, openSource, type Source } from "./store/source.ts";
export { importMigration, sameTable, type CopiedTable, type Key, type StoreKind } from "./store/store-kind.ts";
export { COPYING, fillTables, isInUse, refused, type FilledTables } from "./store/target.ts";
export { watchFiles } from "./watch-files.ts";
