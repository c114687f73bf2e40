import { openFreshReads, openPostgres, statement } from "@muster/foundation";

import {
  keyColumns,
  mirrorTables,
  type MirrorReader,
  type MirrorTable,
  type MirrorTableRow,
} from "../../mirror/mirror-reader.ts";
import type { ReplicaPorts } from "../recorder-store.ts";
import { MIRROR_SCHEMA, migrations } from "./mirror-schema.ts";

interface GapRow {
  readonly sdk_app_id: number;
  readonly group_id: string;
  readonly first: number;
  readonly last: number;
}

const CONNECTIONS = 2;

const gapsFrom = (condition: string) =>
  statement(`
    SELECT sdk_app_id, group_id, first, last FROM gaps
    WHERE (sdk_app_id, group_id, first) > ($1, $2, $3) ${condition}
    ORDER BY sdk_app_id, group_id, first LIMIT $4`);
const gaps = gapsFrom("");
const gapsOfApp = gapsFrom("AND sdk_app_id = $5");
const gapsOfGroup = gapsFrom("AND group_id = $5");
const gapsOfBoth = gapsFrom("AND sdk_app_id = $5 AND group_id = $6");
const missing = statement(
  "SELECT count(*) AS groups, coalesce(sum(missing), 0)::bigint AS numbers FROM groups WHERE missing > 0",
);
const state = statement("SELECT position FROM mirror");

const rowStatements = new Map(
  mirrorTables.map((table) => {
    const keys = keyColumns(table);
    const rowsWhere = (condition: string, limit: string) =>
      statement(`SELECT * FROM ${table} ${condition} ORDER BY ${keys.join(", ")} LIMIT ${limit}`);
    const behind = `WHERE (${keys.join(", ")}) > (${keys.map((_, i) => `$${i + 1}`).join(", ")})`;
    return [table, { first: rowsWhere("", "$1"), next: rowsWhere(behind, `$${keys.length + 1}`) }];
  }),
);

/**
 * Opens a mirror for reading, and makes its tables where nobody has.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openPostgresMirrorReader(url: string, ports?: ReplicaPorts): Promise<MirrorReader> {
  const primary = await openPostgres(url, { schema: MIRROR_SCHEMA, migrations, connections: CONNECTIONS });
  const fresh =
    ports?.replica &&
    (await openFreshReads({
      ...ports,
      primary,
      replica: { url: ports.replica.url, schema: MIRROR_SCHEMA, connections: CONNECTIONS },
      reads: ports.replica.reads,
    }));
  const db = fresh ?? primary;
  return {
    async readGaps({ sdkAppId, groupId }, after, limit) {
      const from = [after?.sdkAppId ?? 0, after?.groupId ?? "", after?.from ?? 0, limit] as const;
      const found = await (() => {
        if (sdkAppId !== undefined && groupId !== undefined) {
          return db.all<GapRow>(gapsOfBoth, ...from, sdkAppId, groupId);
        }
        if (sdkAppId !== undefined) return db.all<GapRow>(gapsOfApp, ...from, sdkAppId);
        if (groupId !== undefined) return db.all<GapRow>(gapsOfGroup, ...from, groupId);
        return db.all<GapRow>(gaps, ...from);
      })();
      return found.map((row) => ({
        sdkAppId: row.sdk_app_id,
        groupId: row.group_id,
        from: row.first,
        to: row.last,
      }));
    },
    async readMissing() {
      const [found] = await db.all<{ groups: number; numbers: number }>(missing);
      return { numbers: found?.numbers ?? 0, groups: found?.groups ?? 0 };
    },
    async readPosition() {
      const [found] = await db.all<{ position: number }>(state);
      return found?.position ?? 0;
    },
    async readRows(table: MirrorTable, after, limit) {
      const statements = rowStatements.get(table);
      if (!statements) throw new Error(`there is no table ${table}`);
      return after
        ? await db.all<MirrorTableRow>(statements.next, ...after, limit)
        : await db.all<MirrorTableRow>(statements.first, limit);
    },
    ...(fresh && { replica: fresh.state }),
    async close() {
      await fresh?.close();
      await primary.close();
    },
  };
}
