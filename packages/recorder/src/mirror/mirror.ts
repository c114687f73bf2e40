import { newFold, takeNext } from "../group/group-fold.ts";
import { foldOfText, foldText } from "../group/fold-text.ts";
import { groupEvent, readFold, type GroupHistory } from "../group/read-group.ts";
import type { EventReader, RecordedCallback } from "../journal/event-reader.ts";
import type { GroupKey } from "../journal/group-reader.ts";
import type { Trimming } from "../journal/trimming.ts";
import { groupRow } from "./group-row.ts";
import { changesOf, createHeldFolds, entriesOf, hold, type HeldFold, type HeldFolds } from "./held-folds.ts";
import type { GroupChange, MirrorStore } from "./mirror-store.ts";

/** Which rules the mirror is made by. One more with each change of them: the tables are then made anew. */
const RULES = 1;
/** Least events of a group from one of its checkpoints to the next; those of a large group are further apart. */
const CHECKPOINT_EVENTS = 1_000;

/** What the mirror is made of. */
export interface MirrorParts {
  readonly journal: EventReader & GroupHistory & Pick<Trimming, "readSnapshots">;
  readonly store: MirrorStore;
  /** Makes the tables anew, whatever is in them. */
  readonly rebuild?: boolean;
  /** The position of the journal's newest event: a mirror that is ahead of it is another journal's. */
  readonly lastPosition: number;
  readonly held?: HeldFolds;
}

/** Groups that are looked at together where all are gone through. */
const PART = 200;

/** Groups, members and topics as tables: who brings them up to date with the journal. */
export interface Mirror {
  /** Up to where the tables tell of the journal. */
  position(): number;
  /** Takes the journal's next events; resolves when the tables tell of them. */
  take(events: readonly RecordedCallback[]): Promise<void>;
  /** Removes the disbanded groups of which the journal knows nothing any more. */
  forgetGone(): Promise<void>;
}

/** What events tell of one group. */
interface Told {
  readonly group: GroupKey;
  readonly callbacks: RecordedCallback[];
}

/**
 * Opens the mirror where it was left. A group that an event tells of is looked up among the folds that are held in
 * memory, else in its last checkpoint and the events since; then the event is applied, and what it changed is
 * written. Only where one came late is the whole group folded anew, and what is different by it written.
 */
export async function openMirror(parts: MirrorParts): Promise<Mirror> {
  const { journal, store, rebuild = false, lastPosition, held = createHeldFolds() } = parts;
  const state = await store.readState();
  // One that was behind events which have gone meanwhile has lost what it knew of them, as when the power fails.
  const isWithin = state.position <= lastPosition && state.position + 1 >= (await firstPosition());
  const isUsable = !rebuild && state.rules === RULES && isWithin;
  if (!isUsable) await begin(journal, store);
  let position = isUsable ? state.position : 0;
  /** One thing at a time happens to the tables. */
  let busy: Promise<unknown> = Promise.resolve();

  function inTurn(work: () => Promise<void>): Promise<void> {
    const done = busy.then(work);
    busy = done.catch(() => undefined);
    return done;
  }

  /** A group as the tables tell of it. */
  async function load(group: GroupKey): Promise<HeldFold> {
    const checkpoint = await store.readCheckpoint(group);
    const fold = await readFold(journal, group, { position }, checkpoint);
    return hold(fold, 0);
  }

  async function change(key: string, { group, callbacks }: Told): Promise<GroupChange | undefined> {
    const last = callbacks.at(-1);
    if (!last) return undefined;
    const before = held.get(key) ?? (await load(group));
    const inOrder = callbacks.every((callback) => takeNext(before.fold, eventOf(callback)));
    const fold = inOrder ? before.fold : await readFold(journal, group, { position: last.position });
    const changes = changesOf(before, fold);
    const uncheckpointed = before.uncheckpointed + callbacks.length;
    const isDue = uncheckpointed >= Math.max(CHECKPOINT_EVENTS, entriesOf(fold));
    held.put(key, hold(fold, isDue ? 0 : uncheckpointed));
    const row = { ...groupRow(fold), lastPosition: last.position, lastReceivedAt: last.receivedAt };
    return { ...group, row, ...changes, checkpoint: isDue ? foldText(fold) : undefined };
  }

  async function take(events: readonly RecordedCallback[]): Promise<void> {
    const groups = byGroup(events);
    const changes: GroupChange[] = [];
    const reached = events.at(-1)?.position ?? position;
    try {
      for (const [key, told] of groups) {
        const made = await change(key, told);
        if (made) changes.push(made);
      }
      await store.write({ position: reached, rules: RULES }, changes);
    } catch (error) {
      // What is held is ahead of the tables now: it is looked up again where they are.
      for (const key of groups.keys()) held.drop(key);
      throw error;
    }
    position = reached;
    held.trim();
  }

  /** The journal's oldest event, or where there is none the next. */
  async function firstPosition(): Promise<number> {
    const { events } = await journal.readEvents({}, 0, 1);
    return events[0]?.position ?? (await journal.lastPosition()) + 1;
  }

  async function forgetGone(): Promise<void> {
    const first = await firstPosition();
    for (let after: GroupKey | undefined; ;) {
      const disbanded = await store.readDisbanded(Math.min(first, position + 1), after, PART);
      const gone: GroupKey[] = [];
      for (const group of disbanded) {
        if ((await journal.appsOfGroup(group.groupId)).includes(group.sdkAppId)) continue;
        held.drop(keyOf(group));
        gone.push(group);
      }
      if (gone.length > 0) await store.forget(gone);
      after = disbanded.at(-1);
      if (disbanded.length < PART) return;
    }
  }

  await forgetGone();
  return {
    position: () => position,
    take: (events) => inTurn(() => take(events)),
    forgetGone: () => inTurn(forgetGone),
  };
}

/** Makes the tables anew as they were behind the events that have gone. What breaks off here begins here again. */
async function begin(journal: Pick<Trimming, "readSnapshots">, store: MirrorStore): Promise<void> {
  await store.clear();
  for (let after: GroupKey | undefined; ;) {
    const snapshots = await journal.readSnapshots(after, PART);
    const changes = snapshots.map((snapshot): GroupChange => {
      const { sdkAppId, groupId, position, instant } = snapshot;
      const fold = foldOfText(snapshot.fold);
      const row = { ...groupRow(fold), lastPosition: position, lastReceivedAt: instant };
      return { sdkAppId, groupId, row, ...changesOf(hold(newFold(), 0), fold), checkpoint: undefined };
    });
    await store.write({ position: 0, rules: 0 }, changes);
    after = snapshots.at(-1);
    if (snapshots.length < PART) break;
  }
  await store.write({ position: 0, rules: RULES }, []);
}

function byGroup(events: readonly RecordedCallback[]): Map<string, Told> {
  const groups = new Map<string, Told>();
  for (const event of events) {
    const { sdkAppId, groupId } = event;
    if (groupId === undefined) continue;
    const key = keyOf({ sdkAppId, groupId });
    const told = groups.get(key) ?? { group: { sdkAppId, groupId }, callbacks: [] };
    told.callbacks.push(event);
    groups.set(key, told);
  }
  return groups;
}

function keyOf({ sdkAppId, groupId }: GroupKey): string {
  return `${sdkAppId} ${groupId}`;
}

function eventOf(callback: RecordedCallback) {
  return groupEvent({ ...callback, quarantined: callback.fault !== undefined });
}
