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
export function inOrder<E extends MaybeNumbered>(events: readonly E[]): readonly E[] {
  return numberings(events).flatMap(sortNumbered);
}

function numberings<E extends MaybeNumbered>(events: readonly E[]): E[][] {
  const found: E[][] = [[]];
  let came = new Set<number>();
  for (const event of events) {
    if (isNumbered(event)) {
      if (came.has(event.sequence)) {
        came = new Set();
        found.push([]);
      }
      came.add(event.sequence);
    }
    found.at(-1)?.push(event);
  }
  return found;
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
