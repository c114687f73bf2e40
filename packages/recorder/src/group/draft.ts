import type { GroupEvent } from "./group-event.ts";
import type { Member, Topic } from "./group-parts.ts";

/** A group's texts that callbacks tell of. */
export type TextName = "type" | "name" | "introduction" | "notification" | "faceUrl" | "owner";

/** A group's state in the making. */
export interface Draft {
  phase: "UNKNOWN" | "THERE" | "DISBANDED";
  life: number;
  createdAt: number | undefined;
  disbandedAt: number | undefined;
  full: boolean;
  texts: Map<TextName, string>;
  customFields: Map<string, string>;
  members: Map<string, Member>;
  topics: Map<string, Topic>;
  /** The aspects that this life's events told of, each with the newest `EventTime` among them. */
  told: Map<string, number>;
}

export function newDraft(): Draft {
  return { phase: "UNKNOWN", life: 0, ...blank() };
}

function blank(): Omit<Draft, "phase" | "life"> {
  return {
    createdAt: undefined,
    disbandedAt: undefined,
    full: false,
    texts: new Map(),
    customFields: new Map(),
    members: new Map(),
    topics: new Map(),
    told: new Map(),
  };
}

/** A new group of this id is there, and nothing else is known of it. */
export function beginLife(draft: Draft): void {
  Object.assign(draft, blank(), { phase: "THERE", life: draft.life + 1 });
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
