/** What can be done to one of several nodes, or to the database that they share. */
export const faultKinds = [
  "kill",
  "stand still",
  "reset all",
  "reset some",
  "stall",
  "stall, then reset",
  "refuse",
  "database crash",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** Something that goes wrong. Times are in ms. */
export interface Fault {
  /** When, from the beginning. */
  readonly at: number;
  readonly kind: FaultKind;
  /** The node that it is done to; a crash of the database concerns all. */
  readonly node: number;
  /** How long it is so. */
  readonly lasts: number;
}

/** How long a kind of fault lasts at least and at most, in ms; and how often there is one in a round. */
const kinds: Readonly<Record<FaultKind, { readonly lasts: readonly [number, number]; readonly often: number }>> = {
  kill: { lasts: [0, 0], often: 5 },
  "stand still": { lasts: [10_000, 10_000], often: 2 },
  "reset all": { lasts: [0, 0], often: 2 },
  "reset some": { lasts: [0, 0], often: 3 },
  stall: { lasts: [1_000, 9_000], often: 2 },
  "stall, then reset": { lasts: [1_000, 9_000], often: 1 },
  refuse: { lasts: [500, 4_000], often: 2 },
  "database crash": { lasts: [0, 0], often: 1 },
};
/** How far apart faults are, in ms. */
const APART = [800, 2_400] as const;

/**
 * Draws what goes wrong in so many ms: each kind as often as it has its turn, in an order of chance, and never two at
 * the same node at once. The last ends in time.
 */
export function drawFaults(random: () => number, nodes: number, duration: number): Fault[] {
  const between = ([least, most]: readonly [number, number]): number => Math.round(least + random() * (most - least));
  const faults: Fault[] = [];
  const busyUntil = Array.from({ length: nodes }, () => 0);
  let deck: FaultKind[] = [];
  for (let at = between(APART); at < duration; at += between(APART)) {
    if (deck.length === 0) deck = shuffled(random);
    const kind = deck.pop();
    if (!kind) continue;
    const lasts = between(kinds[kind].lasts);
    const free = busyUntil.flatMap((until, node) => (until <= at ? [node] : []));
    const node = free[Math.floor(random() * free.length)];
    if (node === undefined || at + lasts > duration) continue;
    busyUntil[node] = at + lasts;
    faults.push({ at, kind, node, lasts });
  }
  return faults;
}

/** A round of all kinds. */
function shuffled(random: () => number): FaultKind[] {
  return faultKinds
    .flatMap((kind) => Array.from({ length: kinds[kind].often }, () => ({ kind, place: random() })))
    .toSorted((a, b) => a.place - b.place)
    .map(({ kind }) => kind);
}
