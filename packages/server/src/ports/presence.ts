import type { OptPlatform } from "@muster/protocol";

/** App users' devices that are connected, to whichever node. */
export interface Presence {
  /** The platforms of users' devices; of those alone who are connected. */
  platforms(sdkAppId: number, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly OptPlatform[]>>;
  /** Ends a user's connections, as the app asked for. */
  kick(sdkAppId: number, userId: string): void;
  /** How many users are in a group that keeps no members. */
  headCount(sdkAppId: number, groupId: string): Promise<number>;
  /** Which of the users are in a group that keeps no members. */
  among(sdkAppId: number, groupId: string, userIds: readonly string[]): Promise<InRoom>;
  /**
   * Does what asks whether a user is in a group that keeps no members, and then changes that: one after another for the
   * user's devices at this node, as no row is there to be held meanwhile.
   */
  inTurn<T>(sdkAppId: number, groupId: string, userId: string, work: () => Promise<T>): Promise<T>;
}

/** Users who are in a group that keeps no members. */
export interface InRoom {
  readonly audience: readonly string[];
  /** Those of them whose coming and going apps are told of: the last that came to the group. */
  readonly newest: ReadonlySet<string>;
}
