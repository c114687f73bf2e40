import { nextTurn } from "@muster/foundation";
import { parseJson } from "@muster/protocol";

import type { GroupEventRow, GroupKey, GroupReader } from "../journal/group-reader.ts";
import type { Trimming } from "../journal/trimming.ts";
import { timeOf, type GroupEvent } from "./group-event.ts";
import { foldEvents, newFold, takeNext, type GroupFold } from "./group-fold.ts";
import { foldOfText } from "./fold-text.ts";
import { stateOf, type GroupState } from "./group-state.ts";
import { lifecycle } from "./lifecycle.ts";
import type { NumberRange } from "./sequence-ledger.ts";

/** Events that are read in one go, before others have their turn: callbacks are to be answered meanwhile. */
const PART = 200;

const commands = [...lifecycle.keys()];

/** What the journal has of groups: their events, and what is known of those that have gone. */
export type GroupHistory = GroupReader & Pick<Trimming, "readSnapshot">;

/** A group's state, and which of its events have come. */
export interface GroupRecord extends GroupKey {
  readonly state: GroupState;
  /** The highest number that came; `undefined` where the sender gives none. */
  readonly lastSequence: number | undefined;
  /** The numbers below it that have not come. */
  readonly gaps: readonly NumberRange[];
}

/** A group's fold after the event of a position, as `foldText` made it. */
export interface Checkpoint {
  readonly position: number;
  readonly fold: string;
}

/** Which of a group's events count. */
export interface Until {
  /** Those that had happened by then, in ms since 1970; an event without a time of its own when it was received. */
  readonly instant?: number | undefined;
  /** Those up to this position of the journal. */
  readonly position?: number | undefined;
}

/** A group as the journal tells of it. */
export async function readGroup(journal: GroupHistory, group: GroupKey, until: Until = {}): Promise<GroupRecord> {
  const fold = await readFold(journal, group, until);
  return { ...group, state: stateOf(fold), lastSequence: fold.ledger.last(), gaps: fold.ledger.missing() };
}

/**
 * A group's events, folded on top of what is known of those that have gone. Mostly they came in order, and none has to be
 * remembered; only where one was late are they gone through once more, all of them together.
 * @param checkpoint of an earlier moment, to go on from where nothing is late
 */
export async function readFold(
  journal: GroupHistory,
  group: GroupKey,
  until: Until = {},
  checkpoint?: Checkpoint,
): Promise<GroupFold> {
  for (let base = await journal.readSnapshot(group); ;) {
    const fold = await foldOnto(base, eventsFrom(journal, group, until), checkpoint);
    // Where events have gone meanwhile, they may be missing: they are in the new snapshot.
    const now = await journal.readSnapshot(group);
    if (now?.position === base?.position) return fold;
    base = now;
  }
}

type EventsFrom = (position: number) => AsyncIterable<GroupEvent>;

async function foldOnto(
  base: Checkpoint | undefined,
  events: EventsFrom,
  checkpoint: Checkpoint | undefined,
): Promise<GroupFold> {
  const start = checkpoint && checkpoint.position > (base?.position ?? 0) ? checkpoint : base;
  const fold = foldFrom(start);
  if (await foldStepwise(fold, events(start?.position ?? 0))) return fold;
  const all: GroupEvent[] = [];
  for await (const event of events(base?.position ?? 0)) all.push(event);
  return foldEvents(all, foldFrom(base));
}

function foldFrom(checkpoint: Checkpoint | undefined): GroupFold {
  return checkpoint ? foldOfText(checkpoint.fold) : newFold();
}

/** @returns whether each event could be taken after the other */
async function foldStepwise(fold: GroupFold, events: AsyncIterable<GroupEvent>): Promise<boolean> {
  for await (const event of events) if (!takeNext(fold, event)) return false;
  return true;
}

function eventsFrom(journal: GroupReader, group: GroupKey, until: Until): EventsFrom {
  return (position) => eventsOf(journal, group, until, position);
}

async function* eventsOf(
  journal: GroupReader,
  group: GroupKey,
  { instant = Number.POSITIVE_INFINITY, position = Number.MAX_SAFE_INTEGER }: Until,
  start: number,
): AsyncGenerator<GroupEvent> {
  for (let after = start; ;) {
    const rows = await journal.readGroupEvents(group, commands, after, PART);
    for (const row of rows) {
      if (row.position > position) return;
      if (timeOf(row) <= instant) yield groupEvent(row);
    }
    const last = rows.at(-1);
    if (!last || rows.length < PART) return;
    after = last.position;
    await nextTurn();
  }
}

/** What a group's state needs of an event: of one that changes no group, messages above all, not the body. */
export function groupEvent(row: Omit<GroupEventRow, "position">): GroupEvent {
  const { command, sequence, eventTime, receivedAt, quarantined, body } = row;
  const matters = body !== undefined && !quarantined && lifecycle.has(command);
  return { command, sequence, eventTime, receivedAt, quarantined, body: matters ? jsonOf(body) : undefined };
}

function jsonOf(body: Uint8Array): unknown {
  const parsed = parseJson(body);
  return parsed.ok ? parsed.value : undefined;
}
