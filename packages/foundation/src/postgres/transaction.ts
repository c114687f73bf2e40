import type { PoolClient } from "pg";

import { LostCommitError } from "../lost-commit-error.ts";
import { toStored, type PostgresStatement, type PostgresValue } from "./statement.ts";

/** Running statements. */
export interface PostgresQueries {
  /** The rows of a statement, whose shape is the statement's. */
  all<Row>(statement: PostgresStatement, ...values: readonly PostgresValue[]): Promise<Row[]>;
}

/** Statements of one transaction. They are sent as they come, and answered in that order. */
export interface PostgresTransaction extends PostgresQueries {
  /**
   * Sends a statement that nobody waits for: it travels with the next one that somebody does, or with the commit.
   * Where it fails, the whole transaction does.
   */
  push(statement: PostgresStatement, ...values: readonly PostgresValue[]): void;
  /** The same, for its rows: `onRows` is called before the commit is known of. */
  pushFor<Row>(
    onRows: (rows: readonly Row[]) => void,
    statement: PostgresStatement,
    ...values: readonly PostgresValue[]
  ): void;
}

/** A transaction on a connection of its own. */
export interface OpenTransaction extends PostgresTransaction {
  /** Resolves once it is on disk, and all that was pushed has succeeded. */
  commit(): Promise<void>;
  /** Undoes everything; throws where the connection is of no more use. */
  undo(): Promise<void>;
  /** What went wrong first: what follows fails because of that. */
  readonly failure: unknown;
}

/**
 * How transactions see one another does not depend on what the database has set otherwise. Whether they may write does:
 * who has forbidden it, because the disk is nearly full for instance, has a reason.
 */
const BEGIN = "BEGIN ISOLATION LEVEL READ COMMITTED";

export async function query<Row>(
  client: PoolClient,
  { name, text }: PostgresStatement,
  values: readonly PostgresValue[],
): Promise<Row[]> {
  const { rows } = await client.query<Row & object>({ name, text, values: values.map(toStored) });
  return rows;
}

/** Whether the database itself says that a statement has failed, rather than that the connection ends. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && "severity" in error && error.severity === "ERROR";
}

function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error("the transaction was rolled back", { cause: failure });
}

/** Begins a transaction on a connection that pipelines. It costs no way to the server: it travels with what comes. */
export function beginTransaction(client: PoolClient): OpenTransaction {
  let failure: unknown;
  let pushed: Promise<unknown> = Promise.resolve();

  function fail(error: unknown): void {
    failure ??= error;
  }

  function note(sent: Promise<unknown>): void {
    // They are answered in order: the last one's answer is behind all others.
    pushed = sent.catch(fail);
  }

  note(client.query(BEGIN));
  return {
    async all<Row>(statement: PostgresStatement, ...values: readonly PostgresValue[]) {
      try {
        return await query<Row>(client, statement, values);
      } catch (error) {
        fail(error);
        throw error;
      }
    },
    push(statement, ...values) {
      note(query(client, statement, values));
    },
    pushFor<Row>(
      onRows: (rows: readonly Row[]) => void,
      statement: PostgresStatement,
      ...values: readonly PostgresValue[]
    ) {
      note(query<Row>(client, statement, values).then(onRows));
    },
    async commit() {
      if (failure !== undefined) throw asError(failure);
      const committed = client.query("COMMIT").catch((error: unknown) => {
        // What had failed before cannot have been committed.
        const isKnown = isRefused(error) || isRefused(failure);
        if (isKnown) fail(error);
        throw isKnown ? error : new LostCommitError("the connection was lost during the commit", { cause: error });
      });
      const { command } = await committed;
      await pushed;
      // Of what has failed PostgreSQL makes a rollback, and says so.
      if (failure !== undefined || command !== "COMMIT") throw asError(failure);
    },
    async undo() {
      await client.query("ROLLBACK");
    },
    get failure() {
      return failure;
    },
  };
}
