import type { DatabaseSync } from "node:sqlite";

import type { SinkChange } from "../../sinks/sink-store.ts";

/** A change of what is known of a sink. */
export type StoreSinkChange =
  | { readonly kind: "add"; readonly sink: string; readonly position: number }
  | { readonly kind: "save"; readonly sink: string; readonly change: SinkChange }
  | { readonly kind: "pause"; readonly sink: string; readonly paused: boolean }
  | { readonly kind: "forget"; readonly sink: string };

/** Makes such changes, inside a transaction; `false` where there is no such sink. */
export function createSinkChange(db: DatabaseSync): (change: StoreSinkChange) => boolean {
  const add = db.prepare("INSERT INTO sinks (name, position) VALUES (?, ?)");
  const move = db.prepare("UPDATE sinks SET position = ? WHERE name = ?");
  const pause = db.prepare("UPDATE sinks SET paused = ? WHERE name = ?");
  const remove = db.prepare("DELETE FROM sinks WHERE name = ?");
  const hold = db.prepare(`
    INSERT INTO sink_lanes (sink, lane, sdk_app_id, group_id, after, failures, next_at, error)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (sink, lane) DO UPDATE
    SET after = excluded.after, failures = excluded.failures, next_at = excluded.next_at, error = excluded.error`);
  const release = db.prepare("DELETE FROM sink_lanes WHERE sink = ? AND lane = ?");
  const bury = db.prepare(`
    INSERT INTO sink_dead_letters (sink, position, failures, error, died_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (sink, position) DO UPDATE
    SET failures = failures + excluded.failures, error = excluded.error, died_at = excluded.died_at`);
  const revive = db.prepare("DELETE FROM sink_dead_letters WHERE sink = ? AND position = ?");

  function save(sink: string, { position, held, released, dead, revived }: SinkChange): boolean {
    const { changes } = move.run(position, sink);
    for (const { lane, sdkAppId, groupId, after, failures, nextAt, error } of held) {
      hold.run(sink, lane, sdkAppId, groupId ?? null, after, failures, nextAt, error);
    }
    for (const lane of released) release.run(sink, lane);
    for (const letter of revived) revive.run(sink, letter);
    for (const letter of dead) bury.run(sink, letter.position, letter.failures, letter.error, letter.diedAt);
    return changes === 1;
  }

  return (change) => {
    switch (change.kind) {
      case "add":
        return add.run(change.sink, change.position).changes === 1;
      case "save":
        return save(change.sink, change.change);
      case "pause":
        return pause.run(Number(change.paused), change.sink).changes === 1;
      case "forget":
        return remove.run(change.sink).changes === 1;
    }
  };
}
