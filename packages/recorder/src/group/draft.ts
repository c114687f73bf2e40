import type { GroupEvent } from "./group-event.ts";
import type { Member, Topic } from "./group-parts.ts";
import { NotedMap } from "./noted-map.ts";

/** A group's texts that callbacks tell of. */
export type TextName = "type" | "name" | "introduction" | "notification" | "faceUrl" | "owner";

/** A group's state in the making. */
export interface Draft {
  phase: "UNKNOWN" | "THERE" | "DISBANDED";
  life: number;
  createdAt: number | undefined;
  disbandedAt: number | undefined;
  full: boolean;
  readonly texts: Map<TextName, string>;
  readonly customFields: NotedMap<string, string>;
  readonly attributes: NotedMap<string, string>;
  readonly members: NotedMap<string, Member>;
  readonly topics: NotedMap<string, Topic>;
  /** The aspects that this life's events told of, each with the newest `EventTime` among them. */
  readonly told: Map<string, number>;
}

export function newDraft(): Draft {
  return {
    phase: "UNKNOWN",
    life: 0,
    createdAt: undefined,
    disbandedAt: undefined,
    full: false,
    texts: new Map(),
    customFields: new NotedMap(),
    attributes: new NotedMap(),
    members: new NotedMap(),
    topics: new NotedMap(),
    told: new Map(),
  };
}

/** A new group of this id is there, and nothing else is known of it. */
export function beginLife(draft: Draft): void {
  draft.phase = "THERE";
  draft.life += 1;
  draft.createdAt = undefined;
  draft.disbandedAt = undefined;
  draft.full = false;
  for (const all of [draft.texts, draft.customFields, draft.attributes, draft.members, draft.topics, draft.told]) {
    all.clear();
  }
}

/**
 * Whether an event may change an aspect of the group; if so, it is taken down as one that did. A numbered
 * event always may, for events are applied in the order of their numbers.
 */
export function mayTell(draft: Draft, aspect: string, { sequence, eventTime }: GroupEvent): boolean {
  const newest = draft.told.get(aspect) ?? Number.NEGATIVE_INFINITY;
  if (sequence === undefined && eventTime !== undefined && eventTime < newest) return false;
  draft.told.set(aspect, Math.max(newest, eventTime ?? newest));
  return true;
}

/** As `mayTell`, for what counts only where nothing was told yet. */
export function mayTellFirst(draft: Draft, aspect: string, event: GroupEvent): boolean {
  return !draft.told.has(aspect) && mayTell(draft, aspect, event);
}
