import type { DatabaseSync } from "node:sqlite";

import type { GroupCommit } from "@muster/foundation";

import type { Positions } from "../recorder-store.ts";

export function createPositions(writer: DatabaseSync, reader: DatabaseSync, commits: GroupCommit): Positions {
  const read = reader.prepare("SELECT position FROM followers WHERE name = ?");
  const keep = writer.prepare(`
    INSERT INTO followers (name, position) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET position = excluded.position`);
  return {
    readPosition: async (follower) => Number(read.get(follower)?.["position"] ?? 0),
    keepPosition: (follower, position) => commits.write(() => void keep.run(follower, position)),
  };
}
