import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

import type { HeldLane, SinkStore } from "../../sinks/sink-store.ts";
import type { StoreWriter } from "./store-writer.ts";

type Row = Record<string, SQLOutputValue>;

export function createSinkStore(reader: DatabaseSync, { apply }: Pick<StoreWriter, "apply">): SinkStore {
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

  return {
    async open(name, from) {
      if (!find.get(name)) {
        const position = await from();
        await apply({ kind: "add", sink: name, position });
      }
      const row = find.get(name);
      return {
        position: Number(row?.["position"]),
        paused: row?.["paused"] === 1,
        held: heldLanes.all(name).map(toHeldLane),
      };
    },
    async save(name, change) {
      await apply({ kind: "save", sink: name, change });
    },
    async setPaused(name, paused) {
      await apply({ kind: "pause", sink: name, paused });
    },
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
    forget: (name) => apply({ kind: "forget", sink: name }),
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
