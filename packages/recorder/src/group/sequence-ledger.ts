/** Numbers in a row, both ends included. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/** Which of a group's numbers have come; they begin at 1 and have no gaps when all have. */
export interface SequenceLedger {
  /** Takes down a number. One that came before says that the sender has begun anew: the ledger does so too. */
  add(number: number): void;
  /** The highest number that came. */
  last(): number | undefined;
  /** The numbers below the highest that have not come. */
  missing(): readonly NumberRange[];
}

/**
 * A ledger that takes the room of the gaps, not of the numbers: it holds the ranges that have come, and nearly
 * always a number lengthens the last of them.
 */
export function createSequenceLedger(): SequenceLedger {
  // Ascending, and no two touch.
  const came: { from: number; to: number }[] = [];
  return {
    add(number) {
      const at = came.findLastIndex(({ from }) => from <= number);
      const before = came[at];
      const behind = came[at + 1];
      if (before && number <= before.to) {
        came.splice(0, came.length, { from: number, to: number });
        return;
      }
      const touchesBefore = before?.to === number - 1;
      const touchesBehind = behind?.from === number + 1;
      if (before && behind && touchesBefore && touchesBehind) {
        before.to = behind.to;
        came.splice(at + 1, 1);
      } else if (before && touchesBefore) before.to = number;
      else if (behind && touchesBehind) behind.from = number;
      else came.splice(at + 1, 0, { from: number, to: number });
    },
    last: () => came.at(-1)?.to,
    missing: () =>
      came
        .map(({ from }, i) => ({ from: (came[i - 1]?.to ?? 0) + 1, to: from - 1 }))
        .filter(({ from, to }) => from <= to),
  };
}
