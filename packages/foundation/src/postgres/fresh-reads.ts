import type { Clock } from "../clock.ts";
import type { Logger } from "../log.ts";
import type { Tally } from "../metrics/figures.ts";
import type { PoolPlan } from "./create-pool.ts";
import { createReplica, ReplicaError } from "./replica.ts";
import { sharedQuestion } from "./shared-question.ts";
import { statement, type PostgresStatement, type PostgresValue } from "./statement.ts";
import { isRefused, type PostgresQueries } from "./transaction.ts";

/** How often it is looked whether the replica can be read, in ms. */
const EVERY = 1_000;

/** Everything that was answered is before it: it was on disk by then. */
const end = statement("SELECT pg_current_wal_flush_lsn()::text AS place");

/** What can be said of reading from a replica. */
export interface ReplicaState {
  /** Why the primary is read alone; `undefined` while the replica is read. */
  readonly leftAlone: string | undefined;
}

/** Counts the statements that the replica has answered, and those that the primary has in its place. */
export interface ReplicaReads {
  readonly replica: Tally;
  readonly primary: Tally;
}

/** Reads that go to a replica, if it has all that was committed when they began, and to the primary otherwise. */
export interface FreshReads extends PostgresQueries {
  state(): ReplicaState;
  close(): Promise<void>;
}

export interface FreshReadsParts {
  readonly primary: PostgresQueries;
  readonly replica: PoolPlan;
  readonly reads: ReplicaReads;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Reads from a replica what is as new there as at the primary: it asks the primary how far its log goes, once for all who
 * want to know at the same time, and the replica whether it has that. So whoever reads sees what was answered before,
 * whichever node has answered it.
 *
 * The replica is READ, or LEFT ALONE from the moment at which it is too late, gone, or no replica of this database. Each
 * second it is looked whether that still holds: what is left alone delays nobody.
 */
export async function openFreshReads({
  primary,
  replica: plan,
  reads,
  clock,
  log,
}: FreshReadsParts): Promise<FreshReads> {
  const replica = await createReplica(plan, primary, clock);
  const endOfLog = sharedQuestion(async () => (await primary.all<{ place: string }>(end))[0]?.place ?? "");
  let leftAlone: string | undefined = "it was not looked at yet";
  let looking: Promise<void> = Promise.resolve();
  let stopped = false;
  let callOff = (): void => undefined;

  function leave(reason: string): void {
    if (leftAlone === reason) return;
    leftAlone = reason;
    log.warn({ schema: plan.schema, reason }, "the replica is left alone: the primary is read");
  }

  async function look(): Promise<void> {
    try {
      const place = await endOfLog();
      await replica.check(place);
      if (leftAlone !== undefined) log.info({ schema: plan.schema }, "the replica is read");
      leftAlone = undefined;
    } catch (error) {
      leave(messageOf(error));
    }
    if (!stopped) {
      callOff = clock.after(EVERY, () => {
        looking = look();
      });
    }
  }

  async function readThere<Row>(
    asked: PostgresStatement,
    values: readonly PostgresValue[],
  ): Promise<Row[] | undefined> {
    const place = await endOfLog();
    try {
      const rows = await replica.readAt<Row>(place, asked, values);
      reads.replica.count += 1;
      return rows;
    } catch (error) {
      // What it refuses is one statement: replaying the log may come in its way, and what is wrong is so at the primary too.
      if (!isRefused(error)) leave(messageOf(error));
      return undefined;
    }
  }

  await look();
  return {
    async all<Row>(asked: PostgresStatement, ...values: readonly PostgresValue[]) {
      const rows = leftAlone === undefined ? await readThere<Row>(asked, values) : undefined;
      if (rows) return rows;
      reads.primary.count += 1;
      return await primary.all<Row>(asked, ...values);
    },
    state: () => ({ leftAlone }),
    async close() {
      stopped = true;
      callOff();
      await looking;
      await replica.close();
    },
  };
}

/** Whether a replica is read, in a few words. */
export function describeReplica({ leftAlone }: ReplicaState): string {
  return leftAlone === undefined ? "read" : `left alone: ${leftAlone}`;
}

function messageOf(error: unknown): string {
  if (error instanceof ReplicaError) return error.message;
  return `it cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}
