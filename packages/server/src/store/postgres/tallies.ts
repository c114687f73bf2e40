import { statement, type PostgresTransaction } from "@muster/foundation";

/** So many connections count beside one another without waiting. */
const SLOTS = 64;

/** In the order of their names: whoever counts several things at once takes their rows in the same order. */
const add = statement(
  `INSERT INTO tally (app, kind, slot, n)
   SELECT $1, kind, pg_backend_pid() % ${SLOTS}, n FROM unnest($2::text[], $3::bigint[]) AS counted (kind, n)
   ORDER BY kind
   ON CONFLICT (app, kind, slot) DO UPDATE SET n = tally.n + excluded.n`,
);

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
