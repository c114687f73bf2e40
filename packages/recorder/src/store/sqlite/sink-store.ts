import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

import type { GroupCommit } from "@muster/foundation";

import type { HeldLane, SinkStore } from "../../sinks/sink-store.ts";

type Row = Record<string, SQLOutputValue>;

export function createSinkStore(writer: DatabaseSync, reader: DatabaseSync, commits: GroupCommit): SinkStore {
  const find = reader.prepare("SELECT position, paused FROM sinks WHERE name = ?");
  const heldLanes = reader.prepare("SELECT * FROM sink_lanes WHERE sink = ? ORDER BY lane");
  const letters = reader.prepare(`
    SELECT position, failures, error, died_at FROM sink_dead_letters
    WHERE sink = ? AND position > ? ORDER BY position LIMIT ?`);
  const count = reader.prepare("SELECT count(*) AS letters FROM sink_dead_letters WHERE sink = ?");
  const taken = reader.prepare(`
    SELECT min(position) AS position
    FROM (SELECT position FROM sinks UNION ALL SELECT after AS position FROM sink_lanes)`);
  const names = reader.prepare("SELECT name, position FROM sinks ORDER BY name");

  const add = writer.prepare("INSERT INTO sinks (name, position) VALUES (?, ?)");
  const move = writer.prepare("UPDATE sinks SET position = ? WHERE name = ?");
  const pause = writer.prepare("UPDATE sinks SET paused = ? WHERE name = ?");
  const remove = writer.prepare("DELETE FROM sinks WHERE name = ?");
  const hold = writer.prepare(`
    INSERT INTO sink_lanes (sink, lane, sdk_app_id, group_id, after, failures, next_at, error)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (sink, lane) DO UPDATE
    SET after = excluded.after, failures = excluded.failures, next_at = excluded.next_at, error = excluded.error`);
  const release = writer.prepare("DELETE FROM sink_lanes WHERE sink = ? AND lane = ?");
  const bury = writer.prepare(`
    INSERT INTO sink_dead_letters (sink, position, failures, error, died_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (sink, position) DO UPDATE
    SET failures = failures + excluded.failures, error = excluded.error, died_at = excluded.died_at`);
  const revive = writer.prepare("DELETE FROM sink_dead_letters WHERE sink = ? AND position = ?");

  return {
    async open(name, from) {
      if (!find.get(name)) {
        const position = await from();
        await commits.write(() => void add.run(name, position));
      }
      const row = find.get(name);
      return {
        position: Number(row?.["position"]),
        paused: row?.["paused"] === 1,
        held: heldLanes.all(name).map(toHeldLane),
      };
    },
    save: (name, { position, held, released, dead, revived }) =>
      commits.write(() => {
        move.run(position, name);
        for (const { lane, sdkAppId, groupId, after, failures, nextAt, error } of held) {
          hold.run(name, lane, sdkAppId, groupId ?? null, after, failures, nextAt, error);
        }
        for (const lane of released) release.run(name, lane);
        for (const letter of revived) revive.run(name, letter);
        for (const letter of dead) bury.run(name, letter.position, letter.failures, letter.error, letter.diedAt);
      }),
    setPaused: (name, paused) => commits.write(() => void pause.run(Number(paused), name)),
    deadLetters: async (name, after, limit) =>
      letters.all(name, after, limit).map((row) => ({
        position: Number(row["position"]),
        failures: Number(row["failures"]),
        error: String(row["error"]),
        diedAt: Number(row["died_at"]),
      })),
    countDeadLetters: async (name) => Number(count.get(name)?.["letters"]),
    all: async () => names.all().map((row) => ({ name: String(row["name"]), position: Number(row["position"]) })),
    taken: async () => Number(taken.get()?.["position"] ?? Number.MAX_SAFE_INTEGER),
    forget: (name) => commits.write(() => remove.run(name).changes === 1),
  };
}

function toHeldLane(row: Row): HeldLane {
  return {
    lane: String(row["lane"]),
    sdkAppId: Number(row["sdk_app_id"]),
    groupId: typeof row["group_id"] === "string" ? row["group_id"] : undefined,
    after: Number(row["after"]),
    failures: Number(row["failures"]),
    nextAt: Number(row["next_at"]),
    error: String(row["error"]),
  };
}
