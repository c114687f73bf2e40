import { createSequenceLedger, type SequenceLedger } from "./sequence-ledger.ts";

interface MaybeNumbered {
  /** The sender's number of the event within its group. */
  readonly sequence: number | undefined;
}

/**
 * The order in which events happened, as far as it is known: the sender's numbers where they are, arrival
 * where not. Numbered events exchange places among themselves until their numbers ascend; those without one
 * stay where they came. Where a number comes a second time the sender has begun anew (its data was lost, or it
 * is another sender), and what follows is behind all that came before.
 * @param events of one group, in the order of arrival
 */
export function inOrder<E extends MaybeNumbered>(events: Iterable<E>): readonly E[] {
  return numberings(events, createSequenceLedger()).flat();
}

/**
 * As `inOrder`, in parts: the first goes on with the numbers that came before, each further one begins anew.
 * @param ledger of the numbers that came before; it takes down those of the events
 */
export function numberings<E extends MaybeNumbered>(
  events: Iterable<E>,
  ledger: SequenceLedger,
): readonly (readonly E[])[] {
  const found: E[][] = [[]];
  for (const event of events) {
    if (isNumbered(event) && ledger.add(event.sequence) === "again") found.push([]);
    found.at(-1)?.push(event);
  }
  return found.map(sortNumbered);
}

function sortNumbered<E extends MaybeNumbered>(events: readonly E[]): readonly E[] {
  const sorted = events
    .filter(isNumbered)
    .toSorted((a, b) => a.sequence - b.sequence)
    .values();
  return events.map((event) => (isNumbered(event) ? (sorted.next().value ?? event) : event));
}

function isNumbered<E extends MaybeNumbered>(event: E): event is E & { readonly sequence: number } {
  return event.sequence !== undefined;
}
