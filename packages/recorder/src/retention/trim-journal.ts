import { nextTurn } from "@muster/foundation";

import { timeOf } from "../group/group-event.ts";
import { foldEvents, newFold } from "../group/group-fold.ts";
import { foldOfText, foldText } from "../group/fold-text.ts";
import { groupEvent } from "../group/read-group.ts";
import { lifecycle } from "../group/lifecycle.ts";
import type { GroupKey } from "../journal/group-reader.ts";
import type { GroupSnapshot, OldEvent, Trimming } from "../journal/trimming.ts";

/** Most events that go in one step: callbacks are kept in between. */
const STEP = 250;

const commands = [...lifecycle.keys()];

/** What one step has taken. */
export interface Trimmed {
  readonly events: number;
  /** Whether groups may have gone whole. */
  readonly hasOver: boolean;
}

/**
 * Takes the journal's oldest events, as long as they are older than an instant and not behind a position. Of each group what
 * they told is kept, to be gone on from; one that was disbanded, and of which nothing came since, goes whole.
 * @param before ms since 1970
 * @param taken up to where everybody who follows the journal has taken it
 */
export async function trimJournal(journal: Trimming, before: number, taken: number): Promise<Trimmed> {
  const old = (await journal.readOldest(commands, before, STEP)).filter(({ position }) => position <= taken);
  const through = old.at(-1)?.position;
  if (through === undefined) return { events: 0, hasOver: false };
  const snapshots: GroupSnapshot[] = [];
  const over: GroupKey[] = [];
  for (const { group, events } of byGroup(old)) {
    const { isOver, ...snapshot } = await snapshotBehind(journal, group, events);
    snapshots.push(snapshot);
    if (isOver) over.push(group);
    await nextTurn();
  }
  await journal.trim({ through, snapshots, over });
  return { events: old.length, hasOver: over.length > 0 };
}

async function snapshotBehind(
  journal: Trimming,
  group: GroupKey,
  events: readonly OldEvent[],
): Promise<GroupSnapshot & { readonly isOver: boolean }> {
  const former = await journal.readSnapshot(group);
  const fold = foldEvents(events.map(groupEvent), former ? foldOfText(former.fold) : newFold());
  return {
    ...group,
    position: events.at(-1)?.position ?? 0,
    instant: events.reduce((newest, event) => Math.max(newest, timeOf(event)), former?.instant ?? 0),
    fold: foldText(fold),
    isOver: fold.draft.phase === "DISBANDED",
  };
}

function byGroup(events: readonly OldEvent[]): readonly { readonly group: GroupKey; readonly events: OldEvent[] }[] {
  const groups = new Map<string, { readonly group: GroupKey; readonly events: OldEvent[] }>();
  for (const event of events) {
    const { sdkAppId, groupId } = event;
    if (groupId === undefined) continue;
    const key = `${sdkAppId} ${groupId}`;
    const found = groups.get(key) ?? { group: { sdkAppId, groupId }, events: [] };
    found.events.push(event);
    groups.set(key, found);
  }
  return [...groups.values()];
}
