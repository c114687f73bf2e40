import { createHash } from "node:crypto";
import { lookup } from "node:dns";

import type { Clock } from "@muster/foundation";

import type { Destination } from "../app-settings.ts";
import { guardedConnector, type Connecting, type Resolve } from "./guarded-connector.ts";
import { createPool, type Pool } from "./pool.ts";
import { sharedLookups } from "./shared-lookups.ts";

/** How long connections are used, in ms: then the name is resolved, and what it leads to judged, anew. */
const LIFETIME = 60_000;
/** How long connections to an origin that nothing is sent to any more are kept ready, in ms. */
const IDLE = 60_000;
/** Most origins that are kept ready. */
const MOST_IDLE = 256;

/** Where a destination leads to, and everything that its connections depend on. */
export interface Origin extends Connecting {
  readonly origin: string;
  /** Names all of it: what has another is sent over other connections. */
  readonly key: string;
}

/** Connections, kept as long as they are used. */
export interface Pools {
  /** Hands connections to `use`, which may use them until what it returns is settled. */
  lend<T>(origin: Origin, use: (via: Pool) => Promise<T>): Promise<T>;
  /** The origins that there are connections for. */
  readonly size: number;
  /** Ends all connections, also those in use. */
  close(): Promise<void>;
}

export interface PoolsOptions {
  /** From connecting to the last byte of the answer, in ms. */
  readonly deadline: number;
  /** How names are resolved; as the machine does it where it is absent. */
  readonly resolve?: Resolve | undefined;
  /** In ms; a minute where it is absent. */
  readonly lifetime?: number | undefined;
  /** 256 where it is absent. */
  readonly mostIdle?: number | undefined;
}

interface Entry {
  readonly pool: Pool;
  /** ms since 1970, as `usedAt` */
  readonly openedAt: number;
  users: number;
  usedAt: number;
}

/**
 * One pool for each origin and what its connections depend on. A pool is BORROWED while anything is sent over it, else
 * IDLE; only idle ones are closed: those that were idle for a minute, and the longest idle where there are too many.
 * After a minute another takes its place: what is on its way over it ends there, and nothing new begins.
 */
export function createPools(clock: Clock, options: PoolsOptions): Pools {
  const { deadline, lifetime = LIFETIME, mostIdle = MOST_IDLE } = options;
  const resolve = sharedLookups(options.resolve ?? lookup);
  const entries = new Map<string, Entry>();
  const closing = new Set<Promise<void>>();
  let callOffSweep: (() => void) | undefined;

  function entryFor({ key, origin, ...connecting }: Origin): Entry {
    const known = entries.get(key);
    const age = known && clock.now() - known.openedAt;
    // A clock that was set back would keep it for as much longer.
    if (known && age !== undefined && age >= 0 && age < lifetime) return known;
    if (known) drop(key, known);
    const pool = createPool(guardedConnector(origin, connecting, deadline, resolve), clock);
    const now = clock.now();
    const entry = { pool, openedAt: now, users: 0, usedAt: now };
    entries.set(key, entry);
    sweepLater();
    return entry;
  }

  function idle(): [key: string, entry: Entry][] {
    return [...entries].filter(([, { users }]) => users === 0);
  }

  function drop(key: string, { pool }: Entry): void {
    entries.delete(key);
    const closed = pool.close().finally(() => closing.delete(closed));
    closing.add(closed);
  }

  function keepToLimit(): void {
    if (entries.size <= mostIdle) return;
    const longest = idle().toSorted(([, a], [, b]) => a.usedAt - b.usedAt);
    for (const [key, entry] of longest.slice(0, entries.size - mostIdle)) drop(key, entry);
  }

  function sweepLater(): void {
    callOffSweep ??= clock.after(IDLE, () => {
      callOffSweep = undefined;
      for (const [key, entry] of idle()) if (clock.now() - entry.usedAt >= IDLE) drop(key, entry);
      if (entries.size > 0) sweepLater();
    });
  }

  return {
    lend(origin, use) {
      const entry = entryFor(origin);
      entry.users += 1;
      const giveBack = (): void => {
        entry.users -= 1;
        entry.usedAt = clock.now();
        keepToLimit();
      };
      const used = use(entry.pool);
      used.then(giveBack, giveBack);
      return used;
    },
    get size() {
      return entries.size;
    },
    async close() {
      callOffSweep?.();
      const open = [...entries.values()];
      entries.clear();
      await Promise.all([...open.map(({ pool }) => pool.destroy()), ...closing]);
    },
  };
}

/** The origin of a URL, as a destination wants it to be connected to. */
export function originOf(origin: string, { allowPrivateNetwork, allowNetworks, tls }: Destination): Origin {
  const connecting: Connecting = { allowPrivateNetwork, allowNetworks, tls };
  // A digest: nobody meets a private key in the name of a pool.
  const key = createHash("sha256")
    .update(JSON.stringify([origin, connecting]))
    .digest("base64");
  return { ...connecting, origin, key };
}
