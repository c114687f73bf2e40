import {
  isHeldUp,
  StartError,
  statement,
  type Clock,
  type Postgres,
  type PostgresTransaction,
} from "@muster/foundation";

import { ClosedAppError, UnknownOutcomeError } from "../../failure-info.ts";
import type { Notice } from "../../ports/notice-log.ts";
import type { CommittedCallback } from "../../ports/outbox.ts";
import type { GroupWrites, Store } from "../../ports/store.ts";
import { knownOutcome } from "../known-outcome.ts";
import type { OpenWrites } from "./group-writes.ts";
import { Alone, shareTransaction, type Participant, type SharedTransaction } from "./shared-transaction.ts";

/** Most pieces of work that share a commit. */
const MOST = 64;
/** Nobody waits longer than that, in ms, for a commit to be over that others share. */
const PATIENCE = 1_000;

/** What another transaction holds is waited for in a transaction of one's own. */
const waitForNobody = statement("SET LOCAL lock_timeout TO 500");

/** Writes with what they have added, which nobody hears of before it is on disk. */
export interface OpenWork extends OpenWrites {
  readonly enqueued: readonly CommittedCallback[];
  readonly added: readonly Notice[];
}

export interface SharedCommitPorts {
  readonly clock: Clock;
  readonly db: Pick<Postgres, "transaction">;
  readonly open: (tx: PostgresTransaction, app: number) => OpenWork;
  readonly tell: (app: number, works: readonly OpenWork[]) => Promise<void>;
  /** Writes in a transaction of the work's own. */
  readonly alone: Store["write"];
}

interface Job {
  /** Runs the work; what it returns tells whoever waits for it. */
  readonly run: (writes: GroupWrites) => Promise<() => void>;
  /** Runs it in a transaction of its own; never rejects. */
  readonly runAlone: () => Promise<void>;
  readonly reject: (error: unknown) => void;
}

interface Ran {
  /** Tells whoever waits. */
  readonly settle: () => void;
  /** What stands, where it succeeded. */
  readonly done?: { readonly participant: Participant; readonly own: OpenWork };
}

/**
 * What an app has to be written. Per app the queue is IDLE (there is none), or DUE (a commit begins at the end of this
 * turn), or COMMITTING, where what comes waits for its end, or LATE, where that takes so long that nobody waits any more.
 */
interface Queue {
  readonly jobs: Job[];
  state: "DUE" | "COMMITTING" | "LATE";
}

/**
 * Writes work of an app together that arrives together, or while such work is being committed: what all ask for is one
 * statement, what all add to a table another one, and one commit is for all. Each has its own result. Work that cannot be
 * done together with others is run anew in a transaction of its own; so is all of a commit that failed for what was in it.
 */
export function createSharedCommits({ db, clock, open, tell, alone }: SharedCommitPorts): Store["write"] {
  const queues = new Map<number, Queue>();

  async function commitAll(app: number, queue: Queue): Promise<void> {
    let tellAll = (): void => undefined;
    while (queue.jobs.length > 0) {
      const jobs = queue.jobs.splice(0, MOST);
      queue.state = "COMMITTING";
      const callOff = clock.after(PATIENCE, () => {
        queue.state = "LATE";
        for (const job of queue.jobs.splice(0)) void job.runAlone();
      });
      const committing = commit(app, jobs);
      // Those before are answered while the database looks up what these have asked.
      setImmediate(tellAll);
      tellAll = await committing;
      callOff();
    }
    queues.delete(app);
    tellAll();
  }

  /** Never rejects; what it returns tells whoever waits. */
  async function commit(app: number, jobs: readonly Job[]): Promise<() => void> {
    try {
      const settled = await commitTogether(app, jobs);
      return () => {
        for (const settle of settled) settle();
      };
    } catch (error) {
      return () => {
        for (const job of jobs) {
          if (isForAll(error)) job.reject(error);
          else void job.runAlone();
        }
      };
    }
  }

  /** What the database itself lacks, each would lack; and what may have been done must not be done again. */
  function isForAll(error: unknown): boolean {
    if (error instanceof UnknownOutcomeError || error instanceof ClosedAppError) return true;
    return error instanceof StartError && !isHeldUp(error);
  }

  /** Runs work in one transaction. Returns what tells each of those who wait what has become of theirs. */
  async function commitTogether(app: number, jobs: readonly Job[]): Promise<(() => void)[]> {
    let runs = 0;
    const committed = db.transaction(async (tx) => {
      runs += 1;
      // Another transaction came in the way of one of them: which, each finds out by itself.
      if (runs > 1) throw new Alone();
      tx.push(waitForNobody);
      const shared = shareTransaction(tx);
      const ran = await Promise.all(jobs.map((job) => runIn(shared, app, job)));
      shared.write(ran.flatMap(({ done }) => done?.participant ?? []));
      return ran;
    }, jobs.length);
    const ran = await knownOutcome(committed);
    await tell(
      app,
      ran.flatMap(({ done }) => done?.own ?? []),
    );
    return ran.map(({ settle }) => settle);
  }

  async function runIn(shared: SharedTransaction, app: number, job: Job): Promise<Ran> {
    const participant = shared.join();
    const own = open(participant.tx, app);
    try {
      const settle = await job.run(own.writes);
      own.finish();
      return { settle, done: { participant, own } };
    } catch (error) {
      return { settle: () => (error instanceof Alone ? void job.runAlone() : job.reject(error)) };
    }
  }

  return (app, work) => {
    const queue = queues.get(app);
    if (queue?.state === "LATE") return alone(app, work);
    return new Promise((resolve, reject) => {
      const job: Job = {
        async run(writes) {
          const result = await work(writes);
          return () => resolve(result);
        },
        runAlone: () => alone(app, work).then(resolve, reject),
        reject,
      };
      if (queue) queue.jobs.push(job);
      else begin(app, job);
    });
  };

  function begin(app: number, job: Job): void {
    const queue: Queue = { jobs: [job], state: "DUE" };
    queues.set(app, queue);
    // What else this turn brings comes along.
    setImmediate(() => void commitAll(app, queue));
  }
}
