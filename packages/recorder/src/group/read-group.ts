import { nextTurn } from "@muster/foundation";
import { parseJson } from "@muster/protocol";

import type { GroupEventRow, GroupKey, GroupReader } from "../journal/group-reader.ts";
import { timeOf, type GroupEvent } from "./group-event.ts";
import { foldGroup, type GroupState } from "./group-state.ts";
import { lifecycle } from "./lifecycle.ts";
import { createSequenceLedger, type NumberRange } from "./sequence-ledger.ts";

/** Events that are read in one go, before others have their turn: callbacks are to be answered meanwhile. */
const PART = 200;

const commands = [...lifecycle.keys()];

/** A group's state, and which of its events have come. */
export interface GroupRecord extends GroupKey {
  readonly state: GroupState;
  /** The highest number that came; `undefined` where the sender gives none. */
  readonly lastSequence: number | undefined;
  /** The numbers below it that have not come. */
  readonly gaps: readonly NumberRange[];
}

/**
 * A group as the journal tells of it.
 * @param until in ms since 1970: only what had happened by then counts; an event without a time of its own
 * happened when it was received
 */
export async function readGroup(
  journal: GroupReader,
  group: GroupKey,
  until: number = Number.POSITIVE_INFINITY,
): Promise<GroupRecord> {
  const ledger = createSequenceLedger();
  const events: GroupEvent[] = [];
  let others = 0;
  for await (const row of rowsOf(journal, group)) {
    if (timeOf(row) > until) continue;
    if (row.sequence !== undefined) ledger.add(row.sequence);
    if (row.quarantined) continue;
    const matters = lifecycle.has(row.command);
    // Of all that does not change the group, messages above all, one is enough to know that it is there.
    if (!matters) others += 1;
    if (matters || others === 1) events.push({ ...row, body: row.body && jsonOf(row.body) });
  }
  return { ...group, state: foldGroup(events), lastSequence: ledger.last(), gaps: ledger.missing() };
}

async function* rowsOf(journal: GroupReader, group: GroupKey): AsyncGenerator<GroupEventRow> {
  for (let after = 0; ;) {
    const rows = await journal.readGroupEvents(group, commands, after, PART);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < PART) return;
    after = last.position;
    await nextTurn();
  }
}

function jsonOf(body: Uint8Array): unknown {
  const parsed = parseJson(body);
  return parsed.ok ? parsed.value : undefined;
}
