import { statement, type Postgres } from "@muster/foundation";

import type { AppMove, AppRecord, AppRecords } from "../../ports/app-records.ts";
import { DEPARTURE_LOCK } from "./departure-lock.ts";
import { WORDS } from "./other-nodes.ts";

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
const moves = statement(
  `SELECT app, CASE state WHEN 'copying' THEN 'coming' ELSE 'there' END AS move, false AS is_copied FROM arrival
   WHERE NOT is_settled AND app NOT IN (SELECT app FROM departure)
   UNION ALL SELECT app, 'leaving', state = 'closed' FROM departure`,
);
// Who copies an app holds its lock meanwhile. Other nodes are told at once.
const reopen = statement(
  `WITH reopened AS (
     DELETE FROM departure WHERE state = 'closed' AND pg_try_advisory_xact_lock(${DEPARTURE_LOCK}) RETURNING app
   ) SELECT app, pg_notify('${WORDS}', 'muster-migrate-store apps ') FROM reopened`,
);
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
    async moves() {
      const rows = await db.all<{ app: number; move: AppMove; is_copied: boolean }>(moves);
      const reopened = rows.some(({ is_copied }) => is_copied) ? await db.all<{ app: number }>(reopen) : [];
      const under = new Map(rows.map(({ app, move }) => [app, move]));
      for (const { app } of reopened) under.delete(app);
      return under;
    },
    async settled(sdkAppId) {
      await db.all(settle, sdkAppId);
    },
    remove: async (sdkAppId, before) => (await db.all(remove, sdkAppId, before)).length > 0,
  };
}
