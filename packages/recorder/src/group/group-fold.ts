import { newDraft, type Draft } from "./draft.ts";
import type { GroupEvent } from "./group-event.ts";
import { numberings } from "./in-order.ts";
import { lifecycle, noticed } from "./lifecycle.ts";
import { createSequenceLedger, type SequenceLedger } from "./sequence-ledger.ts";

/**
 * A group after some of its events, so that it can go on with the next.
 *
 * A group is UNKNOWN, THERE or DISBANDED. Created makes it THERE, disbanded DISBANDED, and whatever else
 * is told after the fact makes an UNKNOWN group THERE. A DISBANDED one comes back by being created, and by any event
 * whose number says that it happened later; it is then a new group that has nothing of the old one. Events without a
 * number may be late: such a one does not bring a group back, and a creation that says it is older than the
 * disbanding does not either, for to believe in a group that is gone is the worse mistake. Nor does a late
 * event undo a newer one: what says that it is older than what it would change is not applied.
 */
export interface GroupFold {
  readonly draft: Draft;
  /** The numbers that have come. */
  readonly ledger: SequenceLedger;
}

/** A group of which nothing is known. */
export function newFold(): GroupFold {
  return { draft: newDraft(), ledger: createSequenceLedger() };
}

/**
 * Goes on with the next event in the order of arrival.
 * @returns whether it could: an event whose number says that it happened before another that was taken changes
 * nothing, and the group is to be folded anew, with `foldEvents`
 */
export function takeNext(fold: GroupFold, event: GroupEvent): boolean {
  const { sequence } = event;
  if (sequence !== undefined) {
    if (fold.ledger.standingOf(sequence) === "late") return false;
    fold.ledger.add(sequence);
  }
  apply(fold.draft, event);
  return true;
}

/**
 * Goes on with events in whatever order they came. What is late behind events that `fold` has already can no longer
 * have its place: like an event without a number it counts by its time.
 * @param events of one group, in the order of arrival
 */
export function foldEvents(events: Iterable<GroupEvent>, fold: GroupFold = newFold()): GroupFold {
  const taken = fold.ledger.last() ?? 0;
  for (const [i, part] of numberings(events, fold.ledger).entries()) {
    for (const event of part) {
      const isLate = i === 0 && event.sequence !== undefined && event.sequence < taken;
      apply(fold.draft, isLate ? { ...event, sequence: undefined } : event);
    }
  }
  return fold;
}

function apply(draft: Draft, event: GroupEvent): void {
  if (!event.quarantined) (lifecycle.get(event.command) ?? noticed)(draft, event);
}
