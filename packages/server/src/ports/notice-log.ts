import type { NoticeFrame } from "@muster/protocol";

/** What app users are told of something that has happened. */
export interface NewNotice {
  readonly groupId: string;
  /**
   * Who is told: the `members` that the group has then, those who come and go with it included; whoever is in the
   * `room`, where the group keeps no members; or only the `users`.
   */
  readonly audience: "members" | "room" | "users";
  /** Who is told whatever else they are. */
  readonly users: readonly string[];
  readonly frame: NoticeFrame;
  /** ms since 1970 */
  readonly at: number;
}

/** A notice that is kept. */
export interface Notice extends NewNotice {
  readonly sdkAppId: number;
  /** Its place in the order of what happened in its app. */
  readonly position: number;
  /** The position of the first notice of the same command. */
  readonly change: number;
  /** Another node has committed it. */
  readonly elsewhere?: true;
}

/** What a device is told of what it missed: nothing where that is not all there any more, or too much. */
export type Missed =
  | { readonly complete: true; readonly frames: readonly NoticeFrame[] }
  | { readonly complete: false; readonly position: number };

/** How much of it a device is told: so many notices, and so many bytes of them; one alone may be longer. */
export interface MissedLimit {
  readonly notices: number;
  readonly bytes: number;
}

/** A room that a user is in, and the position from which on: what happened in it later is for the user. */
export type RoomStay = readonly [groupId: string, since: number];

/** What app users are told, kept in order for devices that are away. All times in ms since 1970. */
export interface NoticeLog {
  /**
   * Calls `listener` with notices in the order of their positions: those of this node before whoever wrote them knows
   * that they are on disk, those of other nodes soon after.
   */
  onCommitted(listener: (added: readonly Notice[]) => void): void;
  /** From now on the app's notices are kept. */
  listen(sdkAppId: number, now: number): Promise<void>;
  /** The position of the last one of an app. */
  position(sdkAppId: number): Promise<number>;
  /** Those whom a notice with the audience `members` concerned, as far as they are among the users, and perhaps others. */
  recipients(notice: Notice, users: readonly string[]): Promise<readonly string[]>;
  /** What a user was told after a position, in order, if it is `limit` at the most. */
  missed(
    sdkAppId: number,
    userId: string,
    after: number,
    rooms: readonly RoomStay[],
    limit: MissedLimit,
  ): Promise<Missed>;
  /** Whether a user was told, after a position, of having left a group that keeps no members, or of its end. */
  hasLeft(sdkAppId: number, userId: string, groupId: string, after: number): Promise<boolean>;
  /** Forgets some of what is older than a time; whether there may be more of it. */
  forget(before: number): Promise<boolean>;
}
