import { DatabaseSync } from "node:sqlite";

import { keyColumns, mirrorTables, type MirrorReader, type MirrorTable } from "../../mirror/mirror-reader.ts";

/** Opens a mirror's file for reading beside who fills it. */
export function openSqliteMirrorReader(path: string): MirrorReader {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  const gapsFrom = (condition: string) =>
    db.prepare(`
      SELECT sdk_app_id, group_id, first, last FROM gaps
      WHERE (sdk_app_id, group_id, first) > (:app, :group, :first) ${condition}
      ORDER BY sdk_app_id, group_id, first LIMIT :limit`);
  const gaps = gapsFrom("");
  const gapsOfApp = gapsFrom("AND sdk_app_id = :ofApp");
  const gapsOfGroup = gapsFrom("AND group_id = :ofGroup");
  const gapsOfBoth = gapsFrom("AND sdk_app_id = :ofApp AND group_id = :ofGroup");
  const missing = db.prepare(
    "SELECT count(*) AS groups, coalesce(sum(missing), 0) AS numbers FROM groups WHERE missing > 0",
  );
  const state = db.prepare("SELECT position FROM mirror");
  const rows = new Map(
    mirrorTables.map((table) => [table, { first: rowStatement(db, table, ""), next: rowsBehind(db, table) }]),
  );

  return {
    async readGaps({ sdkAppId, groupId }, after, limit) {
      const start = { app: after?.sdkAppId ?? 0, group: after?.groupId ?? "", first: after?.from ?? 0, limit };
      const found = (() => {
        if (sdkAppId !== undefined && groupId !== undefined) {
          return gapsOfBoth.all({ ...start, ofApp: sdkAppId, ofGroup: groupId });
        }
        if (sdkAppId !== undefined) return gapsOfApp.all({ ...start, ofApp: sdkAppId });
        if (groupId !== undefined) return gapsOfGroup.all({ ...start, ofGroup: groupId });
        return gaps.all(start);
      })();
      return found.map((row) => ({
        sdkAppId: Number(row["sdk_app_id"]),
        groupId: String(row["group_id"]),
        from: Number(row["first"]),
        to: Number(row["last"]),
      }));
    },
    async readMissing() {
      const found = missing.get();
      return { numbers: Number(found?.["numbers"]), groups: Number(found?.["groups"]) };
    },
    readPosition: async () => Number(state.get()?.["position"]),
    async readRows(table, after, limit) {
      const statements = rows.get(table);
      if (!statements) throw new Error(`there is no table ${table}`);
      return after ? statements.next.all(...after, limit) : statements.first.all(limit);
    },
    async close() {
      db.close();
    },
  };
}

function rowStatement(db: DatabaseSync, table: MirrorTable, condition: string) {
  return db.prepare(`SELECT * FROM ${table} ${condition} ORDER BY ${keyColumns(table).join(", ")} LIMIT ?`);
}

function rowsBehind(db: DatabaseSync, table: MirrorTable) {
  const keys = keyColumns(table);
  return rowStatement(db, table, `WHERE (${keys.join(", ")}) > (${keys.map(() => "?").join(", ")})`);
}
