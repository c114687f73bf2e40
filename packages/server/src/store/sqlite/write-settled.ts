import type { DatabaseSync } from "node:sqlite";

import type { SettledRow } from "./settled-row.ts";

/** Writes results, those of a lane in order, inside a transaction: here, or in a thread of its own. */
export type WriteSettled = (rows: readonly SettledRow[], now: number) => void;

export function createWriteSettled(writer: DatabaseSync): WriteSettled {
  const addAttempt = writer.prepare(
    `INSERT OR REPLACE INTO attempt (position, number, started_at, duration_ms, outcome, status, code, answer, error)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const advance = writer.prepare(
    `UPDATE lane SET settled = ?1, attempts = ?2, due = CASE WHEN last > ?1 THEN ?3 END, head_at = ?7,
       kind = CASE WHEN kind = 'replay' THEN kind WHEN ?2 > 0 THEN 'retrying' ELSE 'fresh' END
     WHERE app = ?4 AND lane = ?5 AND settled = ?6`,
  );
  const giveUp = writer.prepare(
    "INSERT INTO given_up (position, app, state, given_up_at) VALUES (?, ?, 'dead', ?) ON CONFLICT DO NOTHING",
  );
  const noLongerGivenUp = writer.prepare("DELETE FROM given_up WHERE position = ? AND state = 'dead'");
  const count = writer.prepare("UPDATE ledger SET delivered = delivered + ?, dead = dead + ? WHERE app = ?");

  /**
   * Settles what one lane has: all but the last are through, and the last one may have to be tried again. Nothing is
   * done, and `false` returned, where the lane is not where the first of them expects it.
   */
  function settleLane(rows: readonly SettledRow[], now: number): boolean {
    const [first, last] = [rows[0], rows.at(-1)];
    if (!first || !last) return true;
    const [app, lane, sequence] = first;
    const [, , lastSequence, , acceptedAt, , lastState, number] = last;
    const isThrough = typeof lastState !== "number";
    const { changes } = advance.run(
      isThrough ? lastSequence : lastSequence - 1,
      isThrough ? 0 : number,
      isThrough ? now : lastState,
      app,
      lane,
      sequence - 1,
      acceptedAt,
    );
    if (changes === 0) return false;
    let [delivered, dead] = [0, 0];
    for (const [, , , position, , replayOf, state] of rows) {
      if (state === "dead") giveUp.run(position, app, now);
      if (replayOf === null) {
        if (state === "delivered") delivered += 1;
        else if (state === "dead") dead += 1;
      } else if (state === "delivered" && noLongerGivenUp.run(replayOf).changes > 0) {
        // A replay is not in the books; what it makes good is.
        delivered += 1;
        dead -= 1;
      }
    }
    if (delivered !== 0 || dead !== 0) count.run(delivered, dead, app);
    return true;
  }

  return (rows, now) => {
    for (const [, , , position, , , , ...attempt] of rows) addAttempt.run(position, ...attempt);
    for (const ofLane of Map.groupBy(rows, ([app, lane]) => `${app} ${lane}`).values()) {
      // Some were cancelled meanwhile, or written before: the lane has gone on without those.
      if (!settleLane(ofLane, now)) for (const single of ofLane) settleLane([single], now);
    }
  };
}
