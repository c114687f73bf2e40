import { randomUUID } from "node:crypto";

import { isInUse, statement, StartError, type Clock, type Postgres } from "@muster/foundation";

import { DEPARTURE_LOCK } from "../postgres/departure-lock.ts";
import { SCHEMA } from "../postgres/migrations.ts";
import { fenceDeparted } from "./fence.ts";

/** After so long, in ms, no node that runs on the database sends what it was told of before the app was closed. */
const HEARD = 5_000;

const tryLock = statement(
  `SELECT pg_try_advisory_lock(${DEPARTURE_LOCK}) AS is_ours FROM (VALUES ($1::bigint)) AS leaving (app)`,
);
const close = statement(
  `INSERT INTO departure (app, state, mover) VALUES ($1, 'closed', $2)
   ON CONFLICT (app) DO UPDATE SET mover = excluded.mover`,
);
const leave = statement("UPDATE departure SET state = 'gone' WHERE app = $1 AND mover = $2 RETURNING 1");
const reopen = statement("DELETE FROM departure WHERE app = $1 AND mover = $2 AND state = 'closed' RETURNING 1");
const tell = statement("SELECT pg_notify('muster_words', 'muster-migrate-store apps ')");

/**
 * Closes an app to the servers of the database that it leaves, while they go on with all others.
 *
 *   OPEN      Servers serve it.
 *   CLOSED    It is being copied: nobody else writes anything of it. Open again when that ends before its time, however it
 *             ends: who copies it holds a lock that goes with its connection, and servers look for that.
 *   GONE      It is the other database's, for good.
 */
export interface Departure {
  /** Resolves when nothing of it can be written any more, and nobody knows what to send for it. */
  closeApp(): Promise<void>;
  /** @throws {StartError} where it has been open meanwhile */
  leave(): Promise<void>;
  /** Unless it is gone. */
  reopenApp(): Promise<void>;
  /** Nobody copies it any more. */
  release(): Promise<void>;
}

export interface DeparturePorts {
  readonly db: Postgres;
  readonly app: number;
  readonly clock: Clock;
  /** How long it takes, in ms, until servers that are told of nothing know by themselves. */
  readonly heard?: number;
}

export function createDeparture({ db, app, clock, heard = HEARD }: DeparturePorts): Departure {
  const mover = randomUUID();
  const pause = (): Promise<void> => new Promise((resolve) => clock.after(100, resolve));
  let letGo = (): Promise<void> => Promise.resolve();

  async function lock(): Promise<void> {
    const session = await db.session({
      channels: [],
      silence: 0,
      onNotification: () => undefined,
      // Servers open it again, which is found out before it leaves.
      onLost: () => undefined,
    });
    letGo = () => session.close();
    const began = performance.now();
    const isOurs = async (): Promise<boolean> =>
      (await session.all<{ is_ours: boolean }>(tryLock, app))[0]?.is_ours === true;
    // What a run that was killed has held is let go soon.
    while (!(await isOurs())) {
      if (performance.now() - began > heard)
        throw refusedDeparture(app, "is being moved by another muster migrate-store");
      await pause();
    }
  }

  return {
    async closeApp() {
      await lock();
      const at = performance.now();
      await db.transaction(async (tx) => {
        tx.push(close, app, mover);
        tx.push(tell);
      });
      await fenceDeparted(db);
      while ((await isInUse(db, SCHEMA)) && performance.now() - at < heard) await pause();
    },
    async leave() {
      if ((await db.all(leave, app, mover)).length === 0) {
        throw refusedDeparture(app, "was served again meanwhile, as --from could not be reached; start it again");
      }
    },
    async reopenApp() {
      const reopened = await db.all(reopen, app, mover);
      if (reopened.length > 0) {
        await db.all(tell);
        await fenceDeparted(db);
      }
    },
    release: () => letGo(),
  };
}

function refusedDeparture(app: number, why: string): StartError {
  return new StartError("STORE_UNUSABLE", `The app ${app} ${why}.`);
}
