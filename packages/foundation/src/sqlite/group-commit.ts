import type { DatabaseSync } from "node:sqlite";

import { LostCommitError } from "../lost-commit-error.ts";
import { rememberRefusedWrites } from "../refused-writes.ts";
import { StartError } from "../start-error.ts";
import { explainSqliteFailure, isBusy, isOfTheDisk } from "./explain-failure.ts";

/** Most pieces of work that share a commit: bounds how long the first of them waits for the last. */
const MAX_BATCH = 512;
/** How long another program that writes to the file is waited for, and how often it is looked meanwhile, in ms. */
const PATIENCE = 5_000;
const LOOKING = 10;

/** Writing to a database, with one commit for all that arrives together. */
export interface GroupCommit {
  /**
   * Runs `work` inside a transaction and resolves with its result once the commit is on disk. What it throws
   * undoes its own changes only, and rejects. `work` may await nothing but the database: whatever else it
   * waited for, all others would wait for as well.
   */
  write<T>(work: () => T | Promise<T>): Promise<T>;
  /**
   * Lets who writes over another connection have a turn: until what `work` returns is settled nothing is written here, so
   * that neither waits for the other's lock. It is to be short, for all others wait for it.
   */
  lend(work: () => Promise<void>): Promise<void>;
  /** Throws why the last commit failed, if that was just now and for a reason of the file's or the disk's. */
  check(): void;
  /** Waits for what has been handed in; afterwards `write` rejects. */
  close(): Promise<void>;
}

interface Job<Result = unknown> {
  readonly work: () => Result;
  readonly resolve: (value: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** What the owner of the data learns of each commit, synchronously and in order. */
export interface CommitListener {
  /** A piece of work failed, and its changes were undone. */
  readonly undone: () => void;
  /** A piece of work is done, its changes stand in the transaction. */
  readonly done: () => void;
  /** The transaction is on disk. */
  readonly committed: () => void;
  /** The transaction as a whole failed: nothing of it stands. */
  readonly lost: () => void;
}

/** Who measures commits. */
export interface CommitWatch {
  /** A transaction begins. What it returns is called once that is on disk, with so many pieces of work. */
  readonly began: () => (works: number) => void;
}

/**
 * Group commit over a synchronous SQLite connection. An fsync costs far more than a row, so what is handed in
 * during one turn of the event loop shares a commit, a savepoint each but the first. The queue is IDLE, or DUE (a
 * commit runs at the end of this turn), or WRITING; work that comes while WRITING joins the running batch if that
 * has room, and the next one otherwise. While it is WRITING another connection has its turn behind each batch, if it
 * wants one.
 */
export function createGroupCommit(db: DatabaseSync, listener?: CommitListener, watch?: CommitWatch): GroupCommit {
  // SQLite itself would let the whole process stand still until another program has written.
  db.exec("PRAGMA busy_timeout = 0");
  const file = db.location() ?? "in memory";
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const savepoint = db.prepare("SAVEPOINT work");
  const release = db.prepare("RELEASE work");
  const undo = db.prepare("ROLLBACK TO work");
  const rollback = db.prepare("ROLLBACK");

  const queue: Job[] = [];
  const loans: Job<Promise<void>>[] = [];
  let state: "IDLE" | "DUE" | "WRITING" = "IDLE";
  /** Whether the running transaction holds anything that stands. */
  let hasWork = false;
  const closing: (() => void)[] = [];
  const refusedWrites = rememberRefusedWrites();
  let closed = false;

  function due(): void {
    state = "DUE";
    setImmediate(() => void writeAll());
  }

  async function writeAll(): Promise<void> {
    state = "WRITING";
    if (queue.length > 0) await runBatch();
    const loan = loans.shift();
    if (loan) await runLoan(loan);
    if (queue.length > 0 || loans.length > 0) due();
    else {
      state = "IDLE";
      for (const idle of closing.splice(0)) idle();
    }
  }

  async function runLoan({ work, resolve, reject }: Job<Promise<void>>): Promise<void> {
    const committed = watch?.began();
    try {
      await work();
      committed?.(1);
      resolve(undefined as never);
    } catch (error) {
      remember(error);
      reject(error);
    }
  }

  function remember(reason: unknown): void {
    if (reason instanceof StartError || reason instanceof LostCommitError) refusedWrites.refused(reason);
  }

  async function runBatch(): Promise<void> {
    const settled: (() => void)[] = [];
    const taken: Job[] = [];
    hasWork = false;
    try {
      const committed = watch?.began();
      await beginWhenFree();
      for (let job = queue.shift(); job; job = taken.length < MAX_BATCH ? queue.shift() : undefined) {
        taken.push(job);
        settled.push(await runJob(job, hasWork));
      }
      commitAll();
      committed?.(taken.length);
      listener?.committed();
      for (const settle of settled) settle();
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      listener?.lost();
      const reason = explainSqliteFailure(file, error);
      remember(reason);
      for (const job of taken.length > 0 ? taken : queue.splice(0)) job.reject(reason);
    }
  }

  async function beginWhenFree(): Promise<void> {
    for (const late = performance.now() + PATIENCE; ;) {
      try {
        begin.run();
        return;
      } catch (error) {
        if (!isBusy(error) || performance.now() > late) throw error;
        await new Promise<void>((resolve) => setTimeout(resolve, LOOKING));
      }
    }
  }

  function commitAll(): void {
    try {
      commit.run();
    } catch (error) {
      const reason = explainSqliteFailure(file, error);
      // What the disk has taken of it may be found when the file is opened again.
      if (isOfTheDisk(error) && reason instanceof StartError)
        throw new LostCommitError(reason.message, { cause: error });
      throw error;
    }
  }

  /**
   * Runs a piece of work on top of what is in the transaction already. While that is nothing, to undo it is to begin
   * anew; a savepoint costs little for little work, but for much of it more than the work.
   */
  async function runJob({ work, resolve, reject }: Job, onTop: boolean): Promise<() => void> {
    if (onTop) savepoint.run();
    try {
      const value = (await work()) as never;
      if (onTop) release.run();
      hasWork = true;
      listener?.done();
      return () => {
        resolve(value);
      };
    } catch (error) {
      // Where the whole transaction is gone (a full disk), there is no savepoint left: the batch fails as one.
      if (!db.isTransaction) throw error;
      if (onTop) {
        undo.run();
        release.run();
      } else {
        rollback.run();
        await beginWhenFree();
      }
      listener?.undone();
      return () => {
        reject(error);
      };
    }
  }

  function waitIn<T, Result>(line: Job<Result>[], work: () => Result): Promise<T> {
    if (closed) return Promise.reject(new Error("the store is closed"));
    return new Promise<T>((resolve, reject) => {
      line.push({ work, resolve, reject });
      if (state === "IDLE") due();
    });
  }

  return {
    write: <T>(work: () => T | Promise<T>): Promise<T> => waitIn(queue, work),
    lend: (work) => waitIn(loans, work),
    check: refusedWrites.check,
    async close(): Promise<void> {
      closed = true;
      if (state !== "IDLE") await new Promise<void>((resolve) => closing.push(resolve));
    },
  };
}
