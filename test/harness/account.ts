import type { Ledger } from "../../packages/server/src/ports/outbox.ts";

/** A callback that a store holds, and what it says became of it. */
export interface Kept {
  readonly sdkAppId: number;
  readonly lane: string;
  readonly sequence: number;
  readonly id: string;
  /** What it tells, as whoever caused it expects it. */
  readonly what: string;
  readonly state: "delivered" | "pending" | "dead" | "cancelled";
  /** It delivers another one, of the same id, once more. */
  readonly isReplay: boolean;
}

/** One attempt, as the side that it came to saw it. */
export interface Arrived {
  readonly sdkAppId: number;
  readonly lane: string;
  readonly sequence: number;
  /** 1 for the first attempt. */
  readonly number: number;
  readonly id: string;
  readonly what: string;
  readonly isReplay: boolean;
  /** Which life of the sender it came from: each start is another. */
  readonly life: number;
  /** `last` failed as well, and there need not be another one. */
  readonly ended: "delivered" | "failed" | "last";
  /** The connection was ended without an answer: where it had been used before, the same comes once more over another. */
  readonly isUnanswered?: boolean;
}

/** What a lane must hold, by those who caused it. */
export interface Told {
  readonly sdkAppId: number;
  readonly lane: string;
  /** What was asked for, in order. */
  readonly asked: readonly string[];
  /** So many of it were acknowledged; of the others nobody knows. */
  readonly acknowledged: number;
}

/** Everything that is known of the callbacks of some time. */
export interface Account {
  readonly told: readonly Told[];
  readonly kept: readonly Kept[];
  /** In the order in which they came. */
  readonly arrived: readonly Arrived[];
  readonly ledgers: readonly Ledger[];
}

/**
 * What is wrong with an account; nothing where every promise was kept: what was acknowledged is there, numbered
 * without gaps; what is delivered has come; each lane came in order, and anything a second time only under the
 * same id, in another life or because it had failed; and the books say what the store holds.
 */
export function problemsOf({ told, kept, arrived, ledgers }: Account): string[] {
  const lanes = Map.groupBy(
    kept.filter(({ isReplay }) => !isReplay),
    laneOf,
  );
  return [
    ...numbering(lanes),
    ...lost(told, lanes),
    ...undelivered(kept, arrived),
    ...strangers(kept, arrived),
    ...disorder(kept, arrived),
    ...imbalance(kept, ledgers),
  ];
}

/**
 * An answer that came too late was none: the server knows. Of attempts that a kill made come twice, it knows the last.
 * @param failed of each attempt that failed: app, lane, number of the callback and of the attempt, with spaces in between
 * @param retries so often it is tried again
 */
export function corrected(arrived: readonly Arrived[], failed: ReadonlySet<string>, retries: number): Arrived[] {
  const left = new Set(failed);
  return arrived
    .toReversed()
    .map((one): Arrived => {
      const { sdkAppId, lane, sequence, number, ended } = one;
      if (!left.delete(`${sdkAppId} ${lane} ${sequence} ${number}`) || ended !== "delivered") return one;
      return { ...one, ended: number > retries ? "last" : "failed" };
    })
    .toReversed();
}

const laneOf = ({ sdkAppId, lane }: { readonly sdkAppId: number; readonly lane: string }): string =>
  `${sdkAppId} ${lane}`;

const nameOf = (one: Kept | Arrived): string => `${laneOf(one)} ${one.sequence}${one.isReplay ? " (replay)" : ""}`;

/** Each lane is numbered 1, 2, 3 … */
function numbering(lanes: ReadonlyMap<string, readonly Kept[]>): string[] {
  return [...lanes].flatMap(([lane, rows]) => {
    const numbers = rows.map(({ sequence }) => sequence).toSorted((a, b) => a - b);
    return numbers.every((number, i) => number === i + 1) ? [] : [`${lane}: numbered ${numbers.join()}`];
  });
}

/** What was acknowledged is kept in its order, and nothing that was not asked for. */
function lost(told: readonly Told[], lanes: ReadonlyMap<string, readonly Kept[]>): string[] {
  const known = new Set(told.map(laneOf));
  const strange = [...lanes.keys()].filter((lane) => !known.has(lane)).map((lane) => `${lane}: nobody asked for it`);
  return told.reduce((problems, { asked, acknowledged, ...where }) => {
    const rows = (lanes.get(laneOf(where)) ?? []).toSorted((a, b) => a.sequence - b.sequence);
    if (rows.length < acknowledged) {
      problems.push(`${laneOf(where)}: ${acknowledged} were acknowledged, ${rows.length} are kept`);
    }
    const other = rows.find(({ what }, i) => what !== asked[i]);
    if (other) problems.push(`${nameOf(other)}: is ${other.what}, not ${asked[other.sequence - 1] ?? "asked for"}`);
    return problems;
  }, strange);
}

/** What counts as delivered has come, and was taken. */
function undelivered(kept: readonly Kept[], arrived: readonly Arrived[]): string[] {
  const taken = new Set(arrived.filter(({ ended }) => ended === "delivered").map(({ id }) => id));
  return kept
    .filter(({ state, id }) => state === "delivered" && !taken.has(id))
    .map((one) => `${nameOf(one)}: counts as delivered, and nobody took it`);
}

/** Whatever came is kept, under the same id and with the same content each time. */
function strangers(kept: readonly Kept[], arrived: readonly Arrived[]): string[] {
  const known = new Map(kept.map((one) => [nameOf(one), one]));
  return arrived.flatMap((one) => {
    const row = known.get(nameOf(one));
    if (!row) return [`${nameOf(one)}: came, and is not kept`];
    return row.id === one.id && row.what === one.what
      ? []
      : [`${nameOf(one)}: came as ${one.id} ${one.what}, and is ${row.id} ${row.what}`];
  });
}

/** Within a life a lane's attempts ascend, and nothing comes before what precedes it is through. */
function disorder(kept: readonly Kept[], arrived: readonly Arrived[]): string[] {
  const problems: string[] = [];
  const replayed = new Set(kept.filter(({ isReplay }) => isReplay).map(({ id }) => id));
  // Of what was given up and has come since, the store does not tell any more that it was.
  const gone = new Set(
    kept.filter(({ id, state }) => state === "dead" || state === "cancelled" || replayed.has(id)).map(nameOf),
  );
  const through = new Set<string>();
  const last = new Map<string, Arrived>();
  for (const one of arrived) {
    const lane = `${laneOf(one)}${one.isReplay ? " (replay)" : ""}`;
    const before = last.get(lane);
    const [now, then] = [`${one.sequence}.${one.number}`, `${before?.sequence}.${before?.number}`];
    // Once, and no more: the connection over which it came was ended without an answer.
    const isAgain = before?.life === one.life && before.isUnanswered === true && now === then;
    if (before?.life === one.life && !isAgain) {
      if (one.sequence < before.sequence || (one.sequence === before.sequence && one.number <= before.number)) {
        problems.push(`${lane}: ${now} came after ${then}`);
      } else if (one.sequence === before.sequence && before.ended === "delivered") {
        problems.push(`${lane}: ${now} came though ${then} was taken`);
      }
    }
    last.set(lane, { ...one, isUnanswered: one.isUnanswered === true && !isAgain });
    const previous = nameOf({ ...one, sequence: one.sequence - 1 });
    if (one.sequence > 1 && !through.has(previous) && !gone.has(previous)) {
      problems.push(`${nameOf(one)}: came before ${one.sequence - 1} was through`);
    }
    if (one.ended !== "failed") through.add(nameOf(one));
  }
  return problems;
}

/** `accepted = delivered + pending + dead + cancelled`, and each of them is what the store holds. */
function imbalance(kept: readonly Kept[], ledgers: readonly Ledger[]): string[] {
  const books = new Map(ledgers.map((ledger) => [ledger.sdkAppId, ledger]));
  const apps = Map.groupBy(
    kept.filter(({ isReplay }) => !isReplay),
    ({ sdkAppId }) => sdkAppId,
  );
  return [...new Set([...books.keys(), ...apps.keys()])].flatMap((sdkAppId) => {
    const rows = apps.get(sdkAppId) ?? [];
    const held = { delivered: 0, pending: 0, dead: 0, cancelled: 0 };
    for (const { state } of rows) held[state] += 1;
    const { accepted = 0, delivered = 0, pending = 0, dead = 0, cancelled = 0 } = books.get(sdkAppId) ?? {};
    const written = JSON.stringify([accepted, { delivered, pending, dead, cancelled }]);
    const counted = JSON.stringify([rows.length, held]);
    return written === counted ? [] : [`${sdkAppId}: the books say ${written}, the store holds ${counted}`];
  });
}
