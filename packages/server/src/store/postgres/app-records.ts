import { statement, type Postgres } from "@muster/foundation";

import type { AppRecord, AppRecords } from "../../ports.ts";

interface AppChangeRow {
  readonly app: number;
  readonly base: AppRecord["base"];
  readonly sealed: string;
}

const every = statement("SELECT app, base, sealed FROM app_change ORDER BY app");
const add = statement(
  "INSERT INTO app_change (app, base, sealed) VALUES ($1, $2, $3) ON CONFLICT (app) DO NOTHING RETURNING 1",
);
const replace = statement("UPDATE app_change SET base = $2, sealed = $3 WHERE app = $1 AND sealed = $4 RETURNING 1");
const remove = statement("DELETE FROM app_change WHERE app = $1 AND sealed = $2 RETURNING 1");
const arriving = statement("SELECT app, state <> 'copying' AS is_whole FROM arrival WHERE NOT is_settled");
const settle = statement("UPDATE arrival SET is_settled = true WHERE app = $1");

/** The changes to apps, in a table of their own. */
export function createAppRecords(db: Postgres): AppRecords {
  return {
    async all() {
      return (await db.all<AppChangeRow>(every)).map(({ app, base, sealed }) => ({ sdkAppId: app, base, sealed }));
    },
    async put({ sdkAppId, base, sealed }, before) {
      if (before === undefined) return (await db.all(add, sdkAppId, base, sealed)).length > 0;
      return (await db.all(replace, sdkAppId, base, sealed, before)).length > 0;
    },
    async arrivals() {
      const rows = await db.all<{ app: number; is_whole: boolean }>(arriving);
      return new Map(rows.map(({ app, is_whole }) => [app, is_whole]));
    },
    async settled(sdkAppId) {
      await db.all(settle, sdkAppId);
    },
    remove: async (sdkAppId, before) => (await db.all(remove, sdkAppId, before)).length > 0,
  };
}
