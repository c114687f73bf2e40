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
  /** Hears that the connection is lost while nothing is asked of it; where nobody does, `pg` ends the process. */
  on?(event: "error", listener: () => void): unknown;
  off?(event: "error", listener: () => void): unknown;
}

/** What is needed of a pool of connections: `Pool` of `pg` fits. */
export interface PostgresPool {
  connect(): Promise<PostgresClient>;
}
