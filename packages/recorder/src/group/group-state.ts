import type { GroupFold } from "./group-fold.ts";
import type { Member, Topic } from "./group-parts.ts";

/**
 * A group, as its callbacks tell of it. What they did not tell is `undefined`: a group whose creation was not
 * received is known by what happened later alone. Of a disbanded group it is the last that was known.
 */
export interface GroupState {
  /** Whether the group is there: it was told of, and not disbanded since. */
  readonly exists: boolean;
  /** Which group of this id it is: 1 the first, 2 the one that was created after that was disbanded; 0 none yet. */
  readonly life: number;
  /** As the callbacks spell it, old name or new. */
  readonly type: string | undefined;
  readonly name: string | undefined;
  readonly introduction: string | undefined;
  readonly notification: string | undefined;
  readonly faceUrl: string | undefined;
  /** The owner's user id; empty for a Work group without one. */
  readonly owner: string | undefined;
  readonly members: readonly Member[];
  readonly topics: readonly Topic[];
  readonly customFields: Readonly<Record<string, string>>;
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether it has as many members as it may. */
  readonly full: boolean;
  /** In ms since 1970, as is `disbandedAt`: by the callback's `EventTime`, without one when it was received. */
  readonly createdAt: number | undefined;
  readonly disbandedAt: number | undefined;
}

/** What a fold says of its group. */
export function stateOf({ draft }: GroupFold): GroupState {
  const { texts } = draft;
  return {
    exists: draft.phase === "THERE",
    life: draft.life,
    type: texts.get("type"),
    name: texts.get("name"),
    introduction: texts.get("introduction"),
    notification: texts.get("notification"),
    faceUrl: texts.get("faceUrl"),
    owner: texts.get("owner"),
    members: [...draft.members.values()],
    topics: [...draft.topics.values()],
    customFields: Object.fromEntries(draft.customFields),
    attributes: Object.fromEntries(draft.attributes),
    full: draft.full,
    createdAt: draft.createdAt,
    disbandedAt: draft.disbandedAt,
  };
}
