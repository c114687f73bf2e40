import type { GroupFold } from "../group/group-fold.ts";
import type { GroupRow } from "./mirror-store.ts";

const states = { UNKNOWN: "unknown", THERE: "there", DISBANDED: "disbanded" } as const;

/** A group's row, without what its last event says. */
export function groupRow({ draft, ledger }: GroupFold): Omit<GroupRow, "lastPosition" | "lastReceivedAt"> {
  const { texts } = draft;
  return {
    state: states[draft.phase],
    life: draft.life,
    type: texts.get("type"),
    name: texts.get("name"),
    introduction: texts.get("introduction"),
    notification: texts.get("notification"),
    faceUrl: texts.get("faceUrl"),
    owner: texts.get("owner"),
    memberCount: draft.members.size,
    topicCount: draft.topics.size,
    full: draft.full,
    createdAt: draft.createdAt,
    disbandedAt: draft.disbandedAt,
    lastSequence: ledger.last(),
    missing: ledger.missing().reduce((sum, { from, to }) => sum + to - from + 1, 0),
  };
}
