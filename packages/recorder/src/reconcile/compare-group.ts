import { parseGroupType } from "@muster/protocol";

import { textFields, type GroupView, type TextField } from "./group-view.ts";

/** What the two sides do not agree on. */
export type Difference =
  /** The backend has the group, the mirror does not. */
  | { readonly kind: "missing"; readonly groupId: string }
  /** The mirror has the group, the backend does not. */
  | { readonly kind: "extra"; readonly groupId: string }
  /** Both have the group, and say different things of it; `null` is nothing. */
  | {
      readonly kind: "different";
      readonly groupId: string;
      /** `name`, `members.bob`, `members.bob.role`, `topics.ID`, `customFields.KEY` … */
      readonly field: string;
      readonly mirror: string | null;
      readonly backend: string | null;
    };

const texts = Object.keys(textFields) as readonly TextField[];

/**
 * On what the two sides do not agree. An empty text is as good as none, and an old type name as the new one. What one side
 * cannot tell of (members of an AVChatRoom, topics of what is no community) is not compared.
 */
export function compareGroup(mirror: GroupView, backend: GroupView): readonly Difference[] {
  const found: Difference[] = [];
  const { groupId } = mirror;
  const compare = (field: string, ours: string | undefined, theirs: string | undefined): void => {
    if ((ours ?? "") === (theirs ?? "")) return;
    found.push({ kind: "different", groupId, field, mirror: ours ?? null, backend: theirs ?? null });
  };

  compare("type", typeOf(mirror), typeOf(backend));
  for (const field of texts) compare(field, mirror.texts[field], backend.texts[field]);
  compare("owner", mirror.owner, backend.owner);
  eachKey(mirror.members, backend.members, (userId, ours, theirs) => {
    compare(`members.${userId}`, ours && "there", theirs && "there");
    if (!ours || !theirs) return;
    compare(`members.${userId}.role`, ours.role, theirs.role);
    compare(`members.${userId}.nameCard`, ours.nameCard, theirs.nameCard);
  });
  eachKey(mirror.topics, backend.topics, (topicId, ours, theirs) => compare(`topics.${topicId}`, ours, theirs));
  eachKey(mirror.customFields, backend.customFields, (key, ours, theirs) =>
    compare(`customFields.${key}`, ours, theirs),
  );
  return found;
}

function typeOf({ type }: GroupView): string | undefined {
  return type === undefined ? undefined : (parseGroupType(type) ?? type);
}

function eachKey<V>(
  ours: ReadonlyMap<string, V> | undefined,
  theirs: ReadonlyMap<string, V> | undefined,
  visit: (key: string, ours: V | undefined, theirs: V | undefined) => void,
): void {
  if (!ours || !theirs) return;
  for (const key of new Set([...ours.keys(), ...theirs.keys()])) visit(key, ours.get(key), theirs.get(key));
}
