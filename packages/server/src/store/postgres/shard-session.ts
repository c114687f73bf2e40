import { statement, type PostgresSession } from "@muster/foundation";

import { SHARDS } from "./shards.ts";

/**
 * The locks: of each node that is there, its number, of each that is there and takes no part any more, its number as well,
 * and of each shard, held by the node that has it.
 */
const NODES = 1_299_539_830;
const SHARDS_CLASS = 1_299_539_831;
const LEAVING = 1_299_539_832;

const number = statement("SELECT nextval('node_number')::integer AS number");
const join = statement(`SELECT pg_advisory_lock_shared(${NODES}, $1)`);
const leave = statement(`SELECT pg_advisory_lock_shared(${LEAVING}, $1)`);
// Each node holds the lock of its own number, shared: an earlier session of its own may still hold it, too.
const look = statement(
  `SELECT array_agg(objid::integer) FILTER (WHERE classid::bigint = ${NODES}) AS nodes,
     array_agg(objid::integer) FILTER (WHERE classid::bigint = ${LEAVING}) AS leaving,
     array_agg(objid::integer) FILTER (WHERE classid::bigint = ${SHARDS_CLASS}) AS shards
   FROM pg_locks
   WHERE locktype = 'advisory' AND granted AND objsubid = 2
     AND classid::bigint IN (${NODES}, ${LEAVING}, ${SHARDS_CLASS})
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
);
// One by one, until there are enough: of nodes that look at the same moment, each gets others.
const take = statement(
  `SELECT shard FROM unnest($1::integer[]) AS wanted (shard)
   WHERE pg_try_advisory_lock(${SHARDS_CLASS}, shard) LIMIT $2`,
);
const raise = statement("UPDATE shard SET fence = fence + 1 WHERE shard = ANY ($1::integer[]) RETURNING shard, fence");
const release = statement(
  `SELECT pg_advisory_unlock(${SHARDS_CLASS}, shard) FROM unnest($1::integer[]) AS given (shard)`,
);
const notify = statement("SELECT pg_notify($1, $2)");

/** What is seen of all nodes. */
export interface Seen {
  /** The numbers of those that are there. */
  readonly nodes: ReadonlySet<number>;
  /** How many of them take their part of the shards. */
  readonly sharing: number;
  /** Shards that nobody has. */
  readonly free: readonly number[];
}

/** Joining the nodes that share a database: by locks that go with the session. */
export interface ShardSession {
  /** A number that no node has had. */
  newNumber(): Promise<number>;
  /** Is there, from now on, by its number. */
  join(number: number): Promise<void>;
  /** Takes no part any more, from now on, and is there: nobody leaves it anything. */
  leave(number: number): Promise<void>;
  look(): Promise<Seen>;
  /** Takes so many of the shards, if nobody else has taken them meanwhile; each with its new fencing number. */
  take(shards: readonly number[], most: number): Promise<ReadonlyMap<number, number>>;
  release(shards: readonly number[]): Promise<void>;
  notify(channel: string, payload: string): Promise<void>;
  close(): Promise<void>;
}

export function createShardSession(session: PostgresSession): ShardSession {
  return {
    async newNumber() {
      const [row] = await session.all<{ number: number }>(number);
      if (!row) throw new Error("there is no number");
      return row.number;
    },
    async join(own) {
      await session.all(join, own);
    },
    async leave(own) {
      await session.all(leave, own);
    },
    async look() {
      const [held] = await session.all<Record<"nodes" | "leaving" | "shards", number[] | null>>(look);
      const [nodes, leaving, taken] = [new Set(held?.nodes), new Set(held?.leaving), new Set(held?.shards)];
      return {
        nodes,
        sharing: [...nodes].filter((node) => !leaving.has(node)).length,
        free: Array.from({ length: SHARDS }, (_, shard) => shard).filter((shard) => !taken.has(shard)),
      };
    },
    async take(shards, most) {
      if (shards.length === 0 || most <= 0) return new Map();
      const taken = (await session.all<{ shard: number }>(take, shards, most)).map(({ shard }) => shard);
      if (taken.length === 0) return new Map();
      const rows = await session.all<{ shard: number; fence: number }>(raise, taken);
      return new Map(rows.map(({ shard, fence }) => [shard, fence]));
    },
    async release(shards) {
      await session.all(release, shards);
    },
    async notify(channel, payload) {
      await session.all(notify, channel, payload);
    },
    close: () => session.close(),
  };
}
