/** What a query comes to. */
export interface PostgresResult {
  readonly rows: readonly unknown[];
}

/** A transaction of PostgreSQL, as handlers get it. */
export interface PostgresTransaction {
  query(text: string, values?: unknown[]): Promise<PostgresResult>;
}

/** What is needed of a connection; those of `pg` fit. */
export interface PostgresClient extends PostgresTransaction {
  /** @param destroy the connection is closed, for nobody knows what state it is in */
  release(destroy?: boolean): void;
}

/** What is needed of a pool of connections: `Pool` of `pg` fits. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
}
