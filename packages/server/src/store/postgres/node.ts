import type { Clock, Logger, Postgres } from "@muster/foundation";

import { createShardSession, type ShardSession } from "./shard-session.ts";
import { SHARDS } from "./shards.ts";

/**
 * A node among those that share a database. It is
 *
 *   AWAY      without a session, and so without shards: it tries to join again and again.
 *   JOINED    its session holds the locks of its shards. Each second it looks how many nodes there are, takes what is
 *             free up to its part, and gives up what is beyond that.
 *
 * and each shard is somebody else's, or OURS, or LEAVING: nothing of it begins any more, and it is released when what
 * is on its way has ended, or a while later: then what the other node sends meanwhile comes twice, with the same id.
 *
 * Who is there is the database's to say: it ends sessions that are silent, also those of a process that stands still.
 * A node that cannot reach the database stops before the database gives its shards to others.
 */
export interface DeliveringNode {
  /** Its number, which no other has had. */
  readonly number: number;
  /** The numbers of the nodes that are there, as far as this one has seen. */
  alive(): ReadonlySet<number>;
  /** Whether this node sees who is there. */
  isHeard(): boolean;
  /** Whether something of a shard may begin here. */
  has(shard: number): boolean;
  /** The fencing number of a shard that is this node's, or is leaving; `undefined` of others. */
  fenceOf(shard: number): number | undefined;
  /** The shards that are this node's, and how many they are. */
  shards(): number[];
  shardCount(): number;
  /** Calls `listener` with shards that have come to this node. */
  onGained(listener: (shards: readonly number[]) => void): void;
  /** Calls `listener` with shards that leave; resolves when nothing of them is under way. */
  onLeaving(listener: (shards: ReadonlySet<number>) => Promise<void>): void;
  /** Calls `listener` with what other nodes tell on a channel. */
  onTold(channel: string, listener: (payload: string) => void): void;
  /** Calls `listener` each time that this node has joined anew: what was told meanwhile has not been heard. */
  onJoined(listener: () => void): void;
  /** Tells other nodes, if there are any and as far as they can be reached. */
  tell(channel: string, payload: string): void;
  /** Gives all shards up, and takes none any more: others go on at once. */
  leave(): Promise<void>;
  /** Ends the session. */
  stop(): Promise<void>;
}

export interface NodePorts {
  readonly db: Postgres;
  readonly clock: Clock;
  readonly log: Logger;
  /** What is listened to besides. */
  readonly channels: readonly string[];
}

/** How often it looks, in ms. */
const EVERY = 1_000;
/** After so long without a word the database ends a session, in ms; and sooner than that the node stops by itself. */
const SILENCE = 5_000;
const UNHEARD = 4_000;
/** How long what is on its way is waited for, in ms, before its shard is released. */
const HAND_OVER = 1_500;
/** Nodes come and go, shards were released: whoever hears it looks at once. */
const CHANGED = "muster_shards";

/** Joins the nodes of a database, and takes what is free. */
export async function joinNodes({ db, clock, log, channels }: NodePorts): Promise<DeliveringNode> {
  const ours = new Map<number, number>();
  const leaving = new Set<number>();
  const gained: ((shards: readonly number[]) => void)[] = [];
  const leavingListeners: ((shards: ReadonlySet<number>) => Promise<void>)[] = [];
  const joined: (() => void)[] = [];
  const told = new Map<string, ((payload: string) => void)[]>();
  let session: ShardSession | undefined;
  let heardAt = 0;
  let stopped = false;
  let hasLeft = false;
  let number = 0;
  let alive: ReadonlySet<number> = new Set();
  let looking: Promise<void> = Promise.resolve();
  let isDue = false;
  let callOff = (): void => undefined;

  async function join(): Promise<void> {
    const opened = createShardSession(
      await db.session({
        channels: [CHANGED, ...channels],
        silence: SILENCE,
        onNotification(channel, payload) {
          if (channel === CHANGED) lookSoon(0);
          else for (const listener of told.get(channel) ?? []) listener(payload);
        },
        onLost() {
          if (session === opened) lose();
        },
      }),
    );
    session = opened;
    if (number === 0) number = await opened.newNumber();
    await opened.join(number);
    if (hasLeft) await opened.leave(number);
    await opened.notify(CHANGED, "");
    for (const listener of joined) listener();
  }

  function lose(): void {
    session = undefined;
    if (stopped) return;
    log.warn({ shards: ours.size }, "the database has let go of this node: what it delivers is left to others");
    const lost = new Set(ours.keys());
    ours.clear();
    leaving.clear();
    for (const listener of leavingListeners) void listener(lost);
    lookSoon(0);
  }

  /** One look after the other: a lock that was taken twice would have to be released twice. */
  function lookSoon(delay: number): void {
    callOff();
    if (stopped) return;
    isDue = true;
    callOff = clock.after(delay, () => {
      looking = looking.then(look);
    });
  }

  async function look(): Promise<void> {
    if (stopped) return;
    isDue = false;
    try {
      if (!session) await join();
      if (session) await balance(session);
    } catch (error) {
      log.warn({ err: error }, "the database cannot be asked which callbacks are this node's to deliver");
      // What it holds is not known any more: a lock that it took without a fencing number would be nobody's for good.
      void session?.close();
      if (session) lose();
    }
    // Unless somebody has made it look sooner meanwhile.
    if (!isDue) lookSoon(EVERY);
  }

  async function balance(current: ShardSession): Promise<void> {
    const { nodes, sharing, free } = await current.look();
    alive = nodes;
    heardAt = performance.now();
    const part = hasLeft ? 0 : Math.ceil(SHARDS / Math.max(sharing, 1));
    const kept = [...ours.keys()].filter((shard) => !leaving.has(shard));
    if (kept.length > part) void giveUp(current, kept.slice(part));
    const taken = await current.take(free, part - kept.length - leaving.size);
    for (const [shard, fence] of taken) ours.set(shard, fence);
    if (taken.size > 0) for (const listener of gained) listener([...taken.keys()]);
  }

  async function giveUp(current: ShardSession, shards: readonly number[]): Promise<void> {
    for (const shard of shards) leaving.add(shard);
    const given = new Set(shards);
    const over = Promise.all(leavingListeners.map((listener) => listener(given)));
    await Promise.race([over, new Promise<void>((resolve) => clock.after(HAND_OVER, resolve))]);
    if (session !== current) return;
    for (const shard of shards) {
      ours.delete(shard);
      leaving.delete(shard);
    }
    try {
      await current.release(shards);
      await current.notify(CHANGED, "");
    } catch (error) {
      log.warn({ err: error }, "shards could not be released: they are with the session");
    }
  }

  const isHeard = (): boolean => performance.now() - heardAt < UNHEARD;

  const node: DeliveringNode = {
    get number() {
      return number;
    },
    alive: () => alive,
    isHeard,
    has: (shard) => ours.has(shard) && !leaving.has(shard) && isHeard(),
    fenceOf: (shard) => ours.get(shard),
    shards: () => [...ours.keys()].filter((shard) => !leaving.has(shard)),
    // Those that leave are ours until they are released.
    shardCount: () => ours.size - leaving.size,
    onGained: (listener) => void gained.push(listener),
    onLeaving: (listener) => void leavingListeners.push(listener),
    onJoined: (listener) => void joined.push(listener),
    onTold: (channel, listener) => void told.set(channel, [...(told.get(channel) ?? []), listener]),
    tell(channel, payload) {
      // Who has just come looks for itself.
      if (alive.size > 1) session?.notify(channel, payload).catch(() => undefined);
    },
    async leave() {
      hasLeft = true;
      await looking;
      if (!session) return;
      // It is there until what it does is at its end, which may take long: others take what it had before that. Where this
      // fails, so does its session, which others see.
      await session.leave(number).catch(() => undefined);
      if (session) await giveUp(session, [...ours.keys()]);
    },
    async stop() {
      stopped = true;
      callOff();
      await looking;
      const last = session;
      session = undefined;
      ours.clear();
      leaving.clear();
      await last?.close();
    },
  };
  looking = look();
  await looking;
  return node;
}
