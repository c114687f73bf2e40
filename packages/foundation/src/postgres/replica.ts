import type { PoolClient } from "pg";

import type { Clock } from "../clock.ts";
import { createPool, within, type PoolPlan } from "./create-pool.ts";
import { statement, type PostgresStatement, type PostgresValue } from "./statement.ts";
import { isRefused, query, type PostgresQueries } from "./transaction.ts";

/** How long it may take, in ms, until the replica has what the primary has: as a rule it takes a few. */
const LATE = 500;
/** How soon it is looked again, in ms; the double each time. */
const FIRST_WAIT = 2;
/** How long what is still read is waited for when it is closed, in ms. */
const CLOSING = 1_000;

const whoIs = statement(
  "SELECT system_identifier::text || ' ' || current_database() AS identity FROM pg_control_system()",
);
const stand = statement(
  "SELECT pg_is_in_recovery() AS follows, coalesce(pg_last_wal_replay_lsn() >= $1::pg_lsn, false) AS has",
);

/** Why a replica cannot be read. */
export class ReplicaError extends Error {
  override readonly name = "ReplicaError";
}

/** Another server, or several by one name, that follow the primary. */
export interface Replica {
  /**
   * The rows of a statement, once what is asked has everything up to a place in the primary's log.
   * @throws {ReplicaError} where that takes too long, or it follows nobody
   */
  readAt<Row>(place: string, statement: PostgresStatement, values: readonly PostgresValue[]): Promise<Row[]>;
  /** @throws {ReplicaError} where it is no replica of the primary's, or too far behind a place in its log */
  check(place: string): Promise<void>;
  close(): Promise<void>;
}

/** Where a replica of a primary is read. It connects when somebody reads. */
export async function createReplica(plan: PoolPlan, primary: PostgresQueries, clock: Clock): Promise<Replica> {
  const { pool, run } = await createPool(plan);
  const identityOf = async (db: Pick<PostgresQueries, "all">): Promise<string | undefined> =>
    (await db.all<{ identity: string }>(whoIs))[0]?.identity;

  async function lent<T>(use: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await pool.connect();
    let broken = false;
    try {
      return await within(client, () => use(client));
    } catch (error) {
      // The next one may lead to another server.
      broken = !isRefused(error);
      throw error;
    } finally {
      client.release(broken);
    }
  }

  async function catchUp(client: PoolClient, place: string, isLate: () => boolean): Promise<void> {
    for (let wait = FIRST_WAIT; ; wait *= 2) {
      const [row] = await query<{ follows: boolean; has: boolean }>(run, client, stand, [place]);
      if (!row?.follows) throw new ReplicaError("it is no replica: it follows nobody");
      if (row.has) return;
      if (isLate()) throw new ReplicaError("it is too late");
      await new Promise<void>((resolve) => clock.after(wait, resolve));
    }
  }

  /** Uses a connection that has everything up to a place. Whoever waits is told in time, whatever hangs. */
  async function useAt<T>(place: string, use: (client: PoolClient) => Promise<T>): Promise<T> {
    let isLate = false;
    let callOff = (): void => undefined;
    const late = new Promise<never>((_resolve, reject) => {
      callOff = clock.after(LATE, () => {
        isLate = true;
        reject(new ReplicaError(`it does not answer, or is more than ${LATE} ms behind`));
      });
    });
    const used = lent(async (client) => {
      await catchUp(client, place, () => isLate);
      // From here on it takes what the statement takes, as it would at the primary.
      callOff();
      return await use(client);
    });
    try {
      return await Promise.race([used, late]);
    } finally {
      callOff();
    }
  }

  return {
    readAt: (place, asked, values) => useAt(place, (client) => query(run, client, asked, values)),
    async check(place) {
      const own = await identityOf(primary);
      const its = await useAt(place, (client) => identityOf({ all: (asked) => query(run, client, asked, []) }));
      if (its !== own) throw new ReplicaError("it is a replica of another database");
    },
    async close() {
      await Promise.race([pool.end(), new Promise<void>((resolve) => clock.after(CLOSING, resolve))]);
    },
  };
}
