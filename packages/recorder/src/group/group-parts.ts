/** A member of a group. */
export interface Member {
  readonly userId: string;
  /** `Owner`, `Admin` or `Member`. */
  readonly role: string;
  readonly nameCard: string | undefined;
  /** In ms since 1970; `undefined` where nobody told of it. */
  readonly joinedAt: number | undefined;
}

/** A topic of a community. */
export interface Topic {
  readonly topicId: string;
  readonly name: string;
  /** In ms since 1970: when its creation was received, for that callback has no time of its own. */
  readonly createdAt: number;
}
