import { DatabaseSync, type StatementSync } from "node:sqlite";

import { openSqlite } from "@muster/foundation";

import type { GroupChange, MirrorStore } from "../../mirror/mirror-store.ts";
import {
  entryTables,
  groupColumns,
  groupValues,
  keyOf,
  tablesOfGroup,
  type Column,
  type EntryTable,
} from "../mirror-tables.ts";
import { createEventReader } from "./event-reader.ts";
import { createGroupReader } from "./group-reader.ts";
import { createSnapshotReader } from "./trimming.ts";
import { MIRROR_APPLICATION_ID, mirrorMigrations } from "./mirror-schema.ts";

/**
 * Where the mirror of a journal is: a file of its own. So whoever fills it never makes the journal's writer wait, and it
 * can be removed at any time.
 */
export function mirrorPath(journalPath: string): string {
  return `${journalPath.replace(/\.db$/, "")}-mirror.db`;
}

/** Opens the mirror of the journal at a path, which somebody has open already. */
export function openSqliteMirror(journalPath: string) {
  const file = openSqlite(mirrorPath(journalPath), MIRROR_APPLICATION_ID, mirrorMigrations);
  // What is in it follows from the journal: a failure of power may take its newest rows, together with its position, and
  // they are made once more. Its commits then do not keep the disk from those of the journal.
  file.writer.exec("PRAGMA synchronous = NORMAL");
  const events = new DatabaseSync(journalPath, { readOnly: true, timeout: 5_000 });
  return {
    journal: { ...createEventReader(events), ...createGroupReader(events), ...createSnapshotReader(events) },
    tables: createSqliteMirror(file.writer),
    async close() {
      events.close();
      file.close();
    },
  };
}

/** The mirror's tables in SQLite; each call is one transaction. */
function createSqliteMirror(db: DatabaseSync): MirrorStore {
  const readState = db.prepare("SELECT position, rules FROM mirror");
  const writeState = db.prepare("UPDATE mirror SET position = ?, rules = ?");
  const disbanded = db.prepare(`
    SELECT sdk_app_id, group_id FROM groups
    WHERE state = 'disbanded' AND last_position < ? AND (sdk_app_id, group_id) > (?, ?)
    ORDER BY sdk_app_id, group_id LIMIT ?`);
  const readCheckpoint = db.prepare("SELECT position, fold FROM checkpoints WHERE sdk_app_id = ? AND group_id = ?");
  const writeCheckpoint = replacing(
    db,
    "checkpoints",
    [],
    [
      ["position", "bigint"],
      ["fold", "text"],
    ],
  );
  const writeGroup = replacing(db, "groups", [], groupColumns);
  const removals = tablesOfGroup.map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE sdk_app_id = ? AND group_id = ?`),
  );
  const removeGaps = db.prepare("DELETE FROM gaps WHERE sdk_app_id = ? AND group_id = ?");
  const addGap = db.prepare("INSERT INTO gaps (sdk_app_id, group_id, first, last) VALUES (?, ?, ?, ?)");
  const writeEntries = entryTables.map((table) => entryWriter(db, table));

  function transaction(work: () => void): void {
    db.exec("BEGIN IMMEDIATE");
    try {
      work();
      db.exec("COMMIT");
    } catch (error) {
      if (db.isTransaction) db.exec("ROLLBACK");
      throw error;
    }
  }

  function write(change: GroupChange): void {
    const { sdkAppId, groupId, row } = change;
    writeGroup.run(sdkAppId, groupId, ...groupValues(row));
    for (const writeAll of writeEntries) writeAll(change);
    if (change.gaps) {
      removeGaps.run(sdkAppId, groupId);
      for (const { from, to } of change.gaps) addGap.run(sdkAppId, groupId, from, to);
    }
    if (change.checkpoint !== undefined) writeCheckpoint.run(sdkAppId, groupId, row.lastPosition, change.checkpoint);
  }

  return {
    async readState() {
      const state = readState.get();
      return { position: Number(state?.["position"]), rules: Number(state?.["rules"]) };
    },
    async readCheckpoint({ sdkAppId, groupId }) {
      const found = readCheckpoint.get(sdkAppId, groupId);
      return found && { position: Number(found["position"]), fold: String(found["fold"]) };
    },
    async write({ position, rules }, changes) {
      transaction(() => {
        for (const change of changes) write(change);
        writeState.run(position, rules);
      });
    },
    async clear() {
      transaction(() => {
        for (const table of tablesOfGroup) db.exec(`DELETE FROM ${table}`);
        writeState.run(0, 0);
      });
    },
    readDisbanded: async (before, after, limit) =>
      disbanded
        .all(before, after?.sdkAppId ?? 0, after?.groupId ?? "", limit)
        .map((row) => ({ sdkAppId: Number(row["sdk_app_id"]), groupId: String(row["group_id"]) })),
    async forget(groups) {
      transaction(() => {
        for (const { sdkAppId, groupId } of groups) for (const removal of removals) removal.run(sdkAppId, groupId);
      });
    },
  };
}

/** Writes changes to the entries of a group. */
function entryWriter(db: DatabaseSync, { table, key, columns, entriesOf }: EntryTable): (change: GroupChange) => void {
  const put = replacing(db, table, [key], columns);
  const remove = db.prepare(`DELETE FROM ${table} WHERE sdk_app_id = ? AND group_id = ? AND ${key} = ?`);
  return (change) => {
    for (const [entry, values] of entriesOf(change)) {
      if (values) put.run(...keyOf(change), entry, ...values);
      else remove.run(...keyOf(change), entry);
    }
  };
}

/** Inserts a row, or writes its columns over the one that has its key. */
function replacing(
  db: DatabaseSync,
  table: string,
  furtherKeys: readonly string[],
  columns: readonly Column[],
): StatementSync {
  const keys = ["sdk_app_id", "group_id", ...furtherKeys];
  const names = columns.map(([name]) => name);
  const all = [...keys, ...names];
  const updates = names.map((name) => `${name} = excluded.${name}`);
  return db.prepare(`
    INSERT INTO ${table} (${all.join(", ")}) VALUES (${all.map(() => "?").join(", ")})
    ON CONFLICT (${keys.join(", ")}) DO UPDATE SET ${updates.join(", ")}`);
}
