import type { Group, Topic } from "./group.ts";

/**
 * What has happened to a group. Commands return these; callbacks and the notices to app users are both made
 * from them.
 */
export type GroupEvent = GroupCreated | GroupDestroyed | TopicCreated | TopicsDeleted;

export interface GroupCreated {
  readonly kind: "group-created";
  readonly group: Group;
  /** The members that the creator named, in that order; the owner is not among them. */
  readonly initialMembers: readonly string[];
}

export interface GroupDestroyed {
  readonly kind: "group-destroyed";
  readonly group: Group;
  /** Everybody who was a member, the owner first, then in order of joining. */
  readonly members: readonly string[];
}

export interface TopicCreated {
  readonly kind: "topic-created";
  readonly group: Group;
  readonly topic: Topic;
}

export interface TopicsDeleted {
  readonly kind: "topics-deleted";
  readonly group: Group;
  readonly topicIds: readonly string[];
}
