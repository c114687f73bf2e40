import type { OptPlatform } from "@muster/protocol";

import type { PresenceChange } from "./group/group-events.ts";
import type { RoomStay } from "./ports/notice-log.ts";
import type { InRoom } from "./ports/presence.ts";

/** Most users of a room whose coming and going is told: those who came last. */
export const NEWEST = 1_000;

/** A user who is in a room no more, because the last connection has ended. */
export interface Departure {
  readonly sdkAppId: number;
  readonly userId: string;
  readonly groupId: string;
  readonly change: Extract<PresenceChange, "Quit" | "HeartbeatInterrupt">;
}

/** A room that a user has left with the last connection; `newest` where apps are told of that. */
export interface LeftRoom {
  readonly groupId: string;
  readonly newest: boolean;
}

/**
 * Who is connected to which of the nodes that share a store, and in which room. Each node writes of its own users; that of
 * a node which is gone is for the others to clear away.
 */
export interface PresenceBoard {
  /** A user is this node's to wait for, with devices of these platforms; none, where the last is gone just now. */
  put(sdkAppId: number, userId: string, platforms: readonly OptPlatform[]): Promise<void>;
  /** The devices that users have at other nodes. */
  elsewhere(
    sdkAppId: number,
    userIds: readonly string[],
  ): Promise<readonly { readonly userId: string; readonly platforms: readonly OptPlatform[] }[]>;
  /** The rooms that a user is in. */
  rooms(sdkAppId: number, userId: string): Promise<RoomStay[]>;
  /** A user is back in a room; who joins or leaves by a command is so with its commit. */
  enterRoom(sdkAppId: number, groupId: string, userId: string, since: number): Promise<void>;
  leaveRoom(sdkAppId: number, groupId: string, userId: string): Promise<void>;
  headCount(sdkAppId: number, groupId: string): Promise<number>;
  among(sdkAppId: number, groupId: string, userIds: readonly string[]): Promise<InRoom>;
  /** A user is not this node's any more; the rooms that are left thereby, if no other node has the user. */
  depart(sdkAppId: number, userId: string): Promise<readonly LeftRoom[]>;
  /** Whether what this node wrote is gone, because the database crashed or the others took this node for gone. */
  isForgotten(): Promise<boolean>;
  /** Nodes that are gone, and have left users. */
  gone(): Promise<readonly number[]>;
  /** The users of a node that is gone depart. */
  departAll(node: number, onDeparted: (left: Omit<Departure, "change"> & LeftRoom) => void): Promise<void>;
}
