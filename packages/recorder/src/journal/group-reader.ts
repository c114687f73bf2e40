/** A group of an app. */
export interface GroupKey {
  readonly sdkAppId: number;
  readonly groupId: string;
}

/** A group and the position of the first event that told of it. */
export interface SeenGroup extends GroupKey {
  readonly firstPosition: number;
}

/** Where an event stands: in the journal, and by the sender's numbers in its group. */
export interface EventPlace {
  readonly position: number;
  readonly sequence: number | undefined;
}

/** What is needed of an event to tell its group's state. */
export interface GroupEventRow extends EventPlace {
  readonly command: string;
  readonly eventTime: number | undefined;
  readonly receivedAt: number;
  readonly quarantined: boolean;
  /** The body's bytes, where they were asked for. */
  readonly body: Uint8Array | undefined;
}

/** From an instant to before another, in ms since 1970. */
export interface Span {
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** Reads the events of groups. Lists are read in parts: a group may have millions of messages. */
export interface GroupReader {
  /** At most `limit` groups in the order in which they were first told of, behind a position. */
  readGroups(after: number, limit: number): Promise<readonly SeenGroup[]>;
  /** The apps that have a group of this id, the one that was told of first in front. */
  appsOfGroup(groupId: string): Promise<readonly number[]>;
  /** Places of at most `limit` events of a group behind a position, in the order of arrival; of a span, if one is given. */
  readPlaces(group: GroupKey, after: number, limit: number, span?: Span): Promise<readonly EventPlace[]>;
  /** At most `limit` events of a group behind a position, in the order of arrival, with the bodies of `commands`. */
  readGroupEvents(
    group: GroupKey,
    commands: readonly string[],
    after: number,
    limit: number,
  ): Promise<readonly GroupEventRow[]>;
}
