import { statement, type Clock, type Logger, type Postgres, type PostgresSession } from "@muster/foundation";

import type { Leadership } from "../recorder-store.ts";

/** How often it is looked, in ms. */
const EVERY = 1_000;
/** After so long without a word the database ends a session, in ms, and another node takes over. */
const SILENCE = 5_000;
/** "Mrec": the lock of those who share a journal. */
const LOCK = 0x4d_72_65_63;

const tryLock = statement(`SELECT pg_try_advisory_lock(${LOCK}, 0) AS got`);
const isThere = statement("SELECT 1");

/**
 * The one of the nodes that holds a lock of the database's. A node is WAITING until it gets the lock, and LEADING from
 * then on until it sees that another one has it: a connection that was lost for a moment, or a database that was started
 * anew, leaves it LEADING as long as it is the first to ask again.
 */
export function createLeadership(db: Postgres, clock: Clock, log: Logger): Leadership {
  let session: PostgresSession | undefined;
  let holds = false;
  let begin: (() => Promise<() => Promise<void>>) | undefined;
  let end: (() => Promise<void>) | undefined;
  let changing: Promise<void> = Promise.resolve();
  let looking: Promise<void> = Promise.resolve();
  let stopped = false;
  let callOff = (): void => undefined;

  async function open(): Promise<PostgresSession> {
    const opened: PostgresSession = await db.session({
      channels: [],
      silence: SILENCE,
      onNotification: () => undefined,
      onLost() {
        if (session !== opened) return;
        session = undefined;
        holds = false;
        if (!stopped) lookIn(0);
      },
    });
    return opened;
  }

  /** Whether this node has the lock. */
  async function ask(): Promise<boolean> {
    session ??= await open();
    if (!holds) return (await session.all<{ got: boolean }>(tryLock))[0]?.got ?? false;
    await session.all(isThere);
    return true;
  }

  async function change(): Promise<void> {
    if (holds && !end && begin && !stopped) {
      end = await begin();
      log.info("this node brings the journal's events to the mirror and the sinks");
    } else if (!holds && end) {
      log.warn("another node brings the journal's events to the mirror and the sinks");
      await stopLeading();
    }
  }

  async function stopLeading(): Promise<void> {
    const ending = end;
    end = undefined;
    await ending?.();
  }

  function lookIn(delay: number): void {
    callOff();
    if (stopped) return;
    callOff = clock.after(delay, () => {
      looking = looking.then(look);
    });
  }

  async function look(): Promise<void> {
    if (stopped) return;
    try {
      holds = await ask();
      // Not waited for: the session must be heard from meanwhile.
      changing = changing.then(change).catch((error: unknown) => {
        log.error({ err: error }, "the mirror and the sinks could not be started or stopped; trying again");
      });
    } catch (error) {
      log.warn({ err: error }, "the database cannot be asked which node brings events to the mirror and the sinks");
    }
    lookIn(EVERY);
  }

  return {
    async lead(beginning) {
      begin = beginning;
      holds = await ask();
      const first = change();
      // Whatever is found meanwhile waits for it.
      changing = first.catch(() => undefined);
      lookIn(EVERY);
      await first;
    },
    async stop() {
      stopped = true;
      callOff();
      await looking;
      await changing;
      await stopLeading();
      await session?.close();
    },
  };
}
