import type { Clock, Logger } from "@muster/foundation";
import type { OptPlatform } from "@muster/protocol";

import type { OtherNodes } from "../other-nodes.ts";
import type { Store } from "../ports/store.ts";
import type { Departure, PresenceBoard } from "../presence-board.ts";
import type { DevicePresence } from "./device-presence.ts";
import { createRoomTurns } from "./room-turns.ts";
import { AWAY_AFTER, type Sessions } from "./sessions.ts";

export interface SharedPresencePorts {
  readonly sessions: Sessions;
  readonly board: PresenceBoard;
  readonly others: OtherNodes;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How soon to try again, in ms, after the board could not be written. */
const PAUSE = 1_000;
/** How often it is looked for nodes that are gone, in ms. */
const LOOK = 5_000;

/**
 * Who is there where several nodes share a store. Each node brings what its sessions know of a user to the board, one after
 * the other for each user; who is in which room changes with the commits that tell of it. The last of the nodes that a user
 * was connected to says that the user is gone. Of a node that is gone itself, whoever finds that says so.
 */
export function createSharedPresence(ports: SharedPresencePorts): DevicePresence {
  const { sessions, board, others, store, clock, log } = ports;
  const departed: ((departure: Departure) => void)[] = [];
  const turns = new Map<string, Promise<void>>();
  /** Since when each node that is gone was seen to be, ms since 1970. */
  const goneSince = new Map<number, number>();
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();
  let callOff = clock.after(LOOK, wake);

  function tellDeparted(departure: Departure): void {
    for (const listener of departed) listener(departure);
  }

  /** As it is now, whatever it was when this was asked for. */
  async function bring(sdkAppId: number, userId: string, change: Departure["change"]): Promise<void> {
    if (sessions.has(sdkAppId, userId)) {
      await board.put(sdkAppId, userId, sessions.platforms(sdkAppId, userId));
      return;
    }
    for (const { groupId, newest } of await board.depart(sdkAppId, userId)) {
      if (newest) tellDeparted({ sdkAppId, userId, groupId, change });
    }
  }

  async function bringAgain(sdkAppId: number, userId: string, change: Departure["change"], cause: unknown) {
    let error = cause;
    while (!stopped) {
      log.warn({ err: error, sdkAppId }, "who is connected cannot be written; trying again");
      await new Promise<void>((resolve) => clock.after(PAUSE, resolve));
      try {
        await bring(sdkAppId, userId, change);
        return;
      } catch (again) {
        error = again;
      }
    }
  }

  /** Resolves once it is there; where it fails, it is tried on. */
  function bringInTurn(sdkAppId: number, userId: string, change: Departure["change"] = "Quit"): Promise<void> {
    const key = `${sdkAppId} ${userId}`;
    const brought = (turns.get(key) ?? Promise.resolve()).then(() => bring(sdkAppId, userId, change));
    const over = brought
      .catch((error: unknown) => bringAgain(sdkAppId, userId, change, error))
      .finally(() => {
        if (turns.get(key) === over) turns.delete(key);
      });
    turns.set(key, over);
    return brought;
  }

  function wake(): void {
    looking = look().catch((error: unknown) => {
      log.warn({ err: error }, "nodes that are gone cannot be looked for; trying again");
    });
    void looking.then(() => {
      if (!stopped) callOff = clock.after(LOOK, wake);
    });
  }

  /** Users of a node that is gone are waited for, as those are whose connection was lost. */
  async function look(): Promise<void> {
    const gone = new Set(await board.gone());
    for (const node of goneSince.keys()) if (!gone.has(node)) goneSince.delete(node);
    for (const node of gone) {
      const since = goneSince.get(node) ?? clock.now();
      goneSince.set(node, since);
      if (clock.now() - since < AWAY_AFTER) continue;
      await board.departAll(node, ({ sdkAppId, userId, groupId, newest }) => {
        if (newest) tellDeparted({ sdkAppId, userId, groupId, change: "HeartbeatInterrupt" });
      });
      goneSince.delete(node);
    }
  }

  /** What was not heard, and what others may have cleared away or a crash of the database has. */
  async function catchUp(): Promise<void> {
    const isForgotten = await board.isForgotten();
    for (const sdkAppId of sessions.apps()) {
      for (const userId of sessions.users(sdkAppId)) {
        const kickedAt = await store.read(sdkAppId).kickedAt(userId);
        // Within the same second nobody knows which came first.
        if (kickedAt > 0) sessions.kick(sdkAppId, userId, (kickedAt + 1) * 1_000);
        if (!isForgotten) continue;
        await bringInTurn(sdkAppId, userId);
        for (const [groupId, since] of sessions.rooms(sdkAppId, userId)) {
          await board.enterRoom(sdkAppId, groupId, userId, since);
        }
      }
    }
  }

  // Whoever waits for it hears of a failure; it is tried on in any case.
  sessions.onChanged((...user) => void bringInTurn(...user).catch(() => undefined));
  others.onTold("kick", (text) => {
    const { sdkAppId, userId } = JSON.parse(text) as Pick<Departure, "sdkAppId" | "userId">;
    sessions.kick(sdkAppId, userId);
  });
  others.onMissed(() => {
    catchUp().catch((error: unknown) => log.warn({ err: error }, "what was missed of connections cannot be read"));
  });

  return {
    async platforms(sdkAppId, userIds) {
      const found = new Map<string, readonly OptPlatform[]>();
      const own = userIds.map((userId) => ({ userId, platforms: sessions.platforms(sdkAppId, userId) }));
      for (const { userId, platforms } of [...own, ...(await board.elsewhere(sdkAppId, userIds))]) {
        if (platforms.length > 0) found.set(userId, [...(found.get(userId) ?? []), ...platforms]);
      }
      return found;
    },
    kick(sdkAppId, userId) {
      sessions.kick(sdkAppId, userId);
      others.tell("kick", JSON.stringify({ sdkAppId, userId }));
    },
    headCount: board.headCount,
    async among(sdkAppId, groupId, userIds) {
      // Where users are who are connected here is known here: who joins a group that keeps members costs no look.
      const isOut = (userId: string): boolean =>
        sessions.platforms(sdkAppId, userId).length > 0 &&
        !sessions.rooms(sdkAppId, userId).some(([room]) => room === groupId);
      if (userIds.every(isOut)) return { audience: [], newest: new Set() };
      return await board.among(sdkAppId, groupId, userIds);
    },
    inTurn: createRoomTurns(),
    async arrived(sdkAppId, userId) {
      await bringInTurn(sdkAppId, userId);
      const rooms = await board.rooms(sdkAppId, userId);
      if (rooms.length === 0) return;
      for (const [groupId, since] of rooms) sessions.enterRoom(sdkAppId, groupId, userId, since);
      // First in, then asked again: what is left from now on is heard of, and finds the user in.
      const still = new Set((await board.rooms(sdkAppId, userId)).map(([groupId]) => groupId));
      for (const [groupId] of rooms) if (!still.has(groupId)) sessions.leaveRoom(sdkAppId, groupId, [userId]);
    },
    async enterRoom(sdkAppId, groupId, userId, since) {
      sessions.enterRoom(sdkAppId, groupId, userId, since);
      await board.enterRoom(sdkAppId, groupId, userId, since);
    },
    async leaveRoom(sdkAppId, groupId, userId) {
      sessions.leaveRoom(sdkAppId, groupId, [userId]);
      await board.leaveRoom(sdkAppId, groupId, userId);
    },
    onDeparture: (listener) => void departed.push(listener),
    async stop() {
      stopped = true;
      callOff();
      await looking;
      await Promise.all(turns.values());
    },
  };
}
