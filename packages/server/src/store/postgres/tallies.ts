import type { PostgresTransaction } from "@muster/foundation";

import { appOf, statementForMany, type Values } from "./for-many.ts";

/** So many connections count beside one another without waiting. */
const SLOTS = 64;

/** In the order of their names: whoever counts several things at once takes their rows in the same order. */
const add = statementForMany(
  `INSERT INTO tally (app, kind, slot, n)
   SELECT $1, kind, pg_backend_pid() % ${SLOTS}, n FROM unnest($2::text[], $3::bigint[]) AS counted (kind, n)
   ORDER BY kind
   ON CONFLICT (app, kind, slot) DO UPDATE SET n = tally.n + excluded.n`,
  { values: sumOf },
);

/** What all have counted, each kind once; what comes to nothing is not written. */
function sumOf(all: readonly Values[]): Values | undefined {
  const sums = new Map<unknown, number>();
  for (const [, kinds, numbers] of all) {
    for (const [i, kind] of [kinds].flat().entries())
      sums.set(kind, (sums.get(kind) ?? 0) + Number([numbers].flat()[i]));
  }
  const counted = [...sums].filter(([, n]) => n !== 0);
  if (counted.length === 0) return undefined;
  return [appOf(all), counted.map(([kind]) => String(kind)), counted.map(([, n]) => n)];
}

/** What a transaction counts of an app. It is written last, so that the rows are held for the commit alone. */
export interface Tallies {
  count(kind: string, by: number): void;
  /** What was counted of a kind so far. */
  of(kind: string): number;
  /** The same of all kinds whose names begin with a text. */
  ofAll(beginning: string): number;
  write(tx: PostgresTransaction): void;
}

export function createTallies(app: number): Tallies {
  const counts = new Map<string, number>();
  return {
    count(kind, by) {
      counts.set(kind, (counts.get(kind) ?? 0) + by);
    },
    of: (kind) => counts.get(kind) ?? 0,
    ofAll: (beginning) => [...counts].reduce((sum, [kind, by]) => sum + (kind.startsWith(beginning) ? by : 0), 0),
    write(tx) {
      const changed = [...counts].filter(([, by]) => by !== 0);
      if (changed.length === 0) return;
      const [kinds, numbers] = [changed.map(([kind]) => kind), changed.map(([, by]) => by)];
      tx.push(add, app, kinds, numbers);
    },
  };
}
