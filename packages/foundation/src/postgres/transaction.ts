import type { Client } from "pg";

import { LostCommitError } from "../lost-commit-error.ts";
import type { Answer, Call, RunBatch } from "./batch.ts";
import { statement, type PostgresStatement, type PostgresValue } from "./statement.ts";

/** Running statements. */
export interface PostgresQueries {
  /** The rows of a statement, whose shape is the statement's. */
  all<Row>(statement: PostgresStatement, ...values: readonly PostgresValue[]): Promise<Row[]>;
}

/**
 * Statements of one transaction. They are run in the order in which they come. What is asked for in one go, without
 * waiting in between, travels together.
 */
export interface PostgresTransaction extends PostgresQueries {
  /**
   * Takes a statement that nobody waits for: it travels with the next one that somebody does, or with the commit.
   * Where it fails, the whole transaction does.
   */
  push(statement: PostgresStatement, ...values: readonly PostgresValue[]): void;
  /** The same, for its rows: `onRows` is called before it is known that they are committed. */
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
const begin = statement("BEGIN ISOLATION LEVEL READ COMMITTED");
const commit = statement("COMMIT");
const rollback = statement("ROLLBACK");

/** Runs one statement, by itself. */
export async function query<Row>(
  run: RunBatch,
  client: Client,
  asked: PostgresStatement,
  values: readonly PostgresValue[],
): Promise<Row[]> {
  const [answer] = await run(client, [{ statement: asked, values }]);
  return rowsOf<Row>(answer);
}

function rowsOf<Row>(answer: Answer | undefined): Row[] {
  return (answer?.rows ?? []) as Row[];
}

/** Whether the database itself says that a statement has failed, rather than that the connection ends. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && "severity" in error && error.severity === "ERROR";
}

/** When nothing is left to be done of what goes on at this moment: all that it asks for is known. */
const nextTick = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

interface Waiting extends Call {
  readonly onAnswer?: (answer: Answer | undefined) => void;
}

/**
 * Begins a transaction. That costs no way to the server: it travels with what comes. Statements are WAITING until
 * somebody needs to know of one of them, then SENT together.
 */
export function beginTransaction(run: RunBatch, client: Client): OpenTransaction {
  let failure: unknown;
  let waiting: Waiting[] = [{ statement: begin, values: [] }];
  let isBegun = false;
  /** Those that ask in one go are sent at its end. */
  let sending: Promise<void> | undefined;

  async function send(): Promise<void> {
    const sent = waiting;
    waiting = [];
    sending = undefined;
    isBegun = true;
    try {
      const answers = await run(client, sent);
      for (const [i, { onAnswer }] of sent.entries()) onAnswer?.(answers[i]);
    } catch (error) {
      failure ??= error;
      throw error;
    }
  }

  const rolledBack = (): Error => new Error("the transaction was rolled back", { cause: failure });

  return {
    async all<Row>(asked: PostgresStatement, ...values: readonly PostgresValue[]) {
      let rows: Row[] = [];
      const onAnswer = (answer: Answer | undefined): void => {
        rows = rowsOf<Row>(answer);
      };
      waiting.push({ statement: asked, values, onAnswer });
      await (sending ??= nextTick().then(send));
      return rows;
    },
    push(pushed, ...values) {
      waiting.push({ statement: pushed, values });
    },
    pushFor<Row>(
      onRows: (rows: readonly Row[]) => void,
      pushed: PostgresStatement,
      ...values: readonly PostgresValue[]
    ) {
      waiting.push({ statement: pushed, values, onAnswer: (answer) => onRows(rowsOf<Row>(answer)) });
    },
    async commit() {
      // Whoever did not care is told that nothing of it stands.
      if (failure !== undefined) throw rolledBack();
      let command: string | undefined;
      waiting.push({ statement: commit, values: [], onAnswer: (answer) => (command = answer?.command) });
      try {
        await (sending ??= send());
      } catch (error) {
        // What has failed cannot have been committed.
        if (isRefused(error)) throw error;
        throw new LostCommitError("the connection was lost during the commit", { cause: error });
      }
      if (command !== "COMMIT") throw rolledBack();
    },
    async undo() {
      waiting = [];
      if (isBegun) await run(client, [{ statement: rollback, values: [] }]);
    },
    get failure() {
      return failure;
    },
  };
}
