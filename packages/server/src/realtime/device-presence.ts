import type { Presence } from "../ports/presence.ts";
import type { Departure } from "../presence-board.ts";
import { createRoomTurns } from "./room-turns.ts";
import type { Sessions } from "./sessions.ts";

/** Who is there, as whoever serves devices needs it. */
export interface DevicePresence extends Presence {
  /** A device of a user has been added here: resolves when everybody may know, and this node knows the user's rooms. */
  arrived(sdkAppId: number, userId: string): Promise<void>;
  /** A user is back in a room. */
  enterRoom(sdkAppId: number, groupId: string, userId: string, since: number): Promise<void>;
  /** And may not be. */
  leaveRoom(sdkAppId: number, groupId: string, userId: string): Promise<void>;
  /** Calls `listener` for those of the newest in a room who are gone with their last connection, to whichever node. */
  onDeparture(listener: (departure: Departure) => void): void;
  /** Nothing is looked after any more. */
  stop(): Promise<void>;
}

/** Who is there where there is one node: whoever is connected to it. */
export function createOwnPresence(sessions: Sessions): DevicePresence {
  return {
    async platforms(sdkAppId, userIds) {
      const found = userIds.map((userId) => [userId, sessions.platforms(sdkAppId, userId)] as const);
      return new Map(found.filter(([, platforms]) => platforms.length > 0));
    },
    kick: (sdkAppId, userId) => sessions.kick(sdkAppId, userId),
    headCount: async (sdkAppId, groupId) => sessions.audience(sdkAppId, groupId).length,
    async among(sdkAppId, groupId, userIds) {
      const isIn = (userId: string): boolean => sessions.rooms(sdkAppId, userId).some(([room]) => room === groupId);
      return { audience: userIds.filter(isIn), newest: sessions.newest(sdkAppId, groupId) };
    },
    inTurn: createRoomTurns(),
    arrived: () => Promise.resolve(),
    async enterRoom(sdkAppId, groupId, userId, since) {
      sessions.enterRoom(sdkAppId, groupId, userId, since);
    },
    async leaveRoom(sdkAppId, groupId, userId) {
      sessions.leaveRoom(sdkAppId, groupId, [userId]);
    },
    onDeparture: sessions.onDeparture,
    stop: () => Promise.resolve(),
  };
}
