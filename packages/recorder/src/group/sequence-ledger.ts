/** Numbers in a row, both ends included. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Where a number stands among those that came before it: it is the highest ("next"), below the highest ("late"), or
 * one that came before ("again"), which says that the sender has begun anew.
 */
type Standing = "next" | "late" | "again";

/** Which of a group's numbers have come; they begin at 1 and have no gaps when all have. */
export interface SequenceLedger {
  /** Where a number would stand, were it added. */
  standingOf(number: number): Standing;
  /** Takes down a number. With one that comes again the ledger begins anew, as the sender did. */
  add(number: number): Standing;
  /** The highest number that came. */
  last(): number | undefined;
  /** Those that have come, in ascending ranges that do not touch. */
  came(): readonly NumberRange[];
  /** The numbers below the highest that have not come. */
  missing(): readonly NumberRange[];
}

/**
 * A ledger that takes the room of the gaps, not of the numbers: it holds the ranges that have come, and nearly
 * always a number lengthens the last of them.
 * @param ranges that have come already, as `came` gave them
 */
export function createSequenceLedger(ranges: readonly NumberRange[] = []): SequenceLedger {
  // Ascending, and no two touch.
  const came = ranges.map(({ from, to }) => ({ from, to }));

  function standingOf(number: number): Standing {
    const before = came.findLast(({ from }) => from <= number);
    if (before && number <= before.to) return "again";
    return number > (came.at(-1)?.to ?? 0) ? "next" : "late";
  }

  return {
    standingOf,
    add(number) {
      const standing = standingOf(number);
      if (standing === "again") {
        came.splice(0, came.length, { from: number, to: number });
        return standing;
      }
      const at = came.findLastIndex(({ from }) => from <= number);
      const before = came[at];
      const behind = came[at + 1];
      const touchesBefore = before?.to === number - 1;
      const touchesBehind = behind?.from === number + 1;
      if (before && behind && touchesBefore && touchesBehind) {
        before.to = behind.to;
        came.splice(at + 1, 1);
      } else if (before && touchesBefore) before.to = number;
      else if (behind && touchesBehind) behind.from = number;
      else came.splice(at + 1, 0, { from: number, to: number });
      return standing;
    },
    last: () => came.at(-1)?.to,
    came: () => came.map(({ from, to }) => ({ from, to })),
    missing: () =>
      came
        .map(({ from }, i) => ({ from: (came[i - 1]?.to ?? 0) + 1, to: from - 1 }))
        .filter(({ from, to }) => from <= to),
  };
}
