import type { GroupFold } from "../group/group-fold.ts";
import { changesBetween, type NotedMap } from "../group/noted-map.ts";
import type { Changes, GroupChange } from "./mirror-store.ts";

/** Most entries of folds (members, topics, fields …) that are held together: some 100 MB. */
const MOST_ENTRIES = 500_000;

/** A group's fold in memory, as the tables tell of it but for what its notes say. */
export interface HeldFold {
  readonly fold: GroupFold;
  /** The missing numbers that the tables tell of. */
  readonly gaps: string;
  /** How many events have come since the last checkpoint. */
  readonly uncheckpointed: number;
}

/** Folds that are in memory, those that were needed last. */
export interface HeldFolds {
  /** The fold of a group, which is now the one that was needed last. */
  get(key: string): HeldFold | undefined;
  put(key: string, held: HeldFold): void;
  drop(key: string): void;
  /** Lets go of what is too much, though never of the last one. */
  trim(): void;
}

export function createHeldFolds(mostEntries = MOST_ENTRIES): HeldFolds {
  const held = new Map<string, { readonly held: HeldFold; readonly weight: number }>();
  let total = 0;

  function drop(key: string): void {
    total -= held.get(key)?.weight ?? 0;
    held.delete(key);
  }

  return {
    get: (key) => held.get(key)?.held,
    put(key, one) {
      drop(key);
      const weight = entriesOf(one.fold);
      held.set(key, { held: one, weight });
      total += weight;
    },
    drop,
    trim() {
      for (const key of held.keys()) {
        if (total <= mostEntries || held.size === 1) return;
        drop(key);
      }
    },
  };
}

/** How many entries a fold has: what it costs in memory, and to write down. */
export function entriesOf({ draft }: GroupFold): number {
  const { members, topics, customFields, attributes, told } = draft;
  return 1 + members.size + topics.size + customFields.size + attributes.size + told.size;
}

/** Holds a fold that the tables tell of. */
export function hold(fold: GroupFold, uncheckpointed: number): HeldFold {
  const { members, topics, customFields, attributes } = fold.draft;
  for (const map of [members, topics, customFields, attributes]) map.takeNotes();
  return { fold, gaps: gapsText(fold), uncheckpointed };
}

/**
 * What is to be written for the tables to tell of a fold.
 * @param before as it is held, perhaps gone on with
 * @param now the same, or the group folded anew
 */
export function changesOf(
  before: HeldFold,
  now: GroupFold,
): Pick<GroupChange, "members" | "topics" | "customFields" | "attributes" | "gaps"> {
  const { members, topics, customFields, attributes } = before.fold.draft;
  return {
    members: onto(members, now.draft.members),
    topics: onto(topics, now.draft.topics),
    customFields: onto(customFields, now.draft.customFields),
    attributes: onto(attributes, now.draft.attributes),
    gaps: gapsText(now) === before.gaps ? undefined : now.ledger.missing(),
  };
}

function onto<V>(before: NotedMap<string, V>, now: ReadonlyMap<string, V>): Changes<V> {
  const noted = before.readNotes();
  if (before === now) return noted;
  const keys = new Set([...noted, ...changesBetween(before, now)].map(([key]) => key));
  return [...keys].map((key) => [key, now.get(key)]);
}

function gapsText({ ledger }: GroupFold): string {
  return JSON.stringify(ledger.missing());
}
