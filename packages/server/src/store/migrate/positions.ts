/** Positions come in periods of so many: those of different periods are far from one another, with nothing in between. */
export const PERIOD = 2 ** 36;

/** Positions of a period, both ends included. */
export interface PositionPart {
  readonly low: number;
  readonly high: number;
}

/** How an app's positions become others, in the same order and without what lies between periods. */
export interface MovedPositions {
  /** How many there are. */
  readonly length: number;
  /** The new one, where the first of all becomes `low`. 0 for a position of what is not there any more. */
  of(position: number, low: number): number;
}

/** The parts of a store's positions, one for each period that has any. `next` is the first position from one on, `last` the last before. */
export async function partsOf(
  next: (from: number) => Promise<number | undefined> | number | undefined,
  last: (before: number) => Promise<number | undefined> | number | undefined,
): Promise<readonly PositionPart[]> {
  const parts: PositionPart[] = [];
  for (let from = 0; ;) {
    const low = await next(from);
    if (low === undefined) return parts;
    from = (Math.floor(low / PERIOD) + 1) * PERIOD;
    parts.push({ low, high: (await last(from)) ?? low });
  }
}

export function movedPositions(parts: readonly PositionPart[]): MovedPositions {
  let length = 0;
  const moved = new Map<number, PositionPart & { readonly before: number }>();
  for (const part of parts) {
    moved.set(Math.floor(part.low / PERIOD), { ...part, before: length });
    length += part.high - part.low + 1;
  }
  return {
    length,
    of(position, low) {
      const part = moved.get(Math.floor(position / PERIOD));
      return part && position >= part.low ? low + part.before + position - part.low : 0;
    },
  };
}
