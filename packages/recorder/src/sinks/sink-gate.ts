/** So many groups' events in a row that are not taken speak against the sink rather than against them. */
const FAILING_LANES = 3;
/** Waits are drawn from ±20 %, so that what failed together does not return together. */
const JITTER = 0.2;
/** What a sink asks for is heeded up to this, in ms. */
const LONGEST_ASKED = 600_000;

/** How long a sink that fails is left alone, in ms. */
export interface SinkWaits {
  readonly first: number;
  /** The wait doubles with each failure up to this. */
  readonly longest: number;
}

export const usualWaits: SinkWaits = { first: 1_000, longest: 60_000 };

/**
 * Whether a sink works. It is
 *
 *   CLOSED  delivered to. A batch fails, or events of several groups in a row: OPEN.
 *   OPEN    not delivered to until a time, which is later each time. Then one event alone: taken, CLOSED; not, OPEN
 *           for longer.
 *
 * The words are those of circuit breakers: closed is when all is well. While it is open, no failure is held against an
 * event: a sink that is down for days makes no dead letters.
 */
export interface SinkGate {
  /** Until when it is open, in ms since 1970; `undefined` where it is closed. */
  until(): number | undefined;
  /** Something was taken. `true` where the gate was open. */
  succeeded(): boolean;
  /**
   * Events were not taken. `true` where that has opened the gate, or left it open.
   * @param asked for how long the sink asked to be left alone, in ms; that alone opens it, and is heeded up to ten minutes
   */
  failed(lanes: readonly string[], asked?: number): boolean;
}

/** @param random a number from 0 up to 1 */
export function createSinkGate(waits: SinkWaits, now: () => number, random: () => number): SinkGate {
  const failing = new Set<string>();
  let openings = 0;
  let until: number | undefined;
  const furthest = (): number => now() + Math.max(waits.longest * (1 + JITTER), LONGEST_ASKED);

  return {
    until() {
      // The clock was ahead when it was opened, and was set back.
      if (until !== undefined && until > furthest()) until = now();
      return until;
    },
    succeeded() {
      const wasOpen = until !== undefined;
      failing.clear();
      openings = 0;
      until = undefined;
      return wasOpen;
    },
    failed(lanes, asked) {
      for (const lane of lanes) failing.add(lane);
      // What was under way when it opened says nothing new.
      if (until !== undefined && now() < until) return true;
      const isAlone = lanes.length === 1 && failing.size < FAILING_LANES;
      if (until === undefined && asked === undefined && isAlone) return false;
      openings += 1;
      const wait = Math.min(waits.first * 2 ** (openings - 1), waits.longest);
      const drawn = Math.round(wait * (1 - JITTER + 2 * JITTER * random()));
      until = now() + Math.max(drawn, Math.min(asked ?? 0, LONGEST_ASKED));
      failing.clear();
      return true;
    },
  };
}
