import { statement, type Postgres } from "@muster/foundation";

import type { AppRecord, AppRecords } from "../../ports.ts";

interface AppChangeRow {
  readonly app: number;
  readonly base: AppRecord["base"];
  readonly sealed: string;
}

const every = statement("SELECT app, base, sealed FROM app_change ORDER BY app");
const put = statement(
  `INSERT INTO app_change (app, base, sealed) VALUES ($1, $2, $3)
   ON CONFLICT (app) DO UPDATE SET base = excluded.base, sealed = excluded.sealed`,
);
const remove = statement("DELETE FROM app_change WHERE app = $1");

/** The changes to apps, in a table of their own. */
export function createAppRecords(db: Postgres): AppRecords {
  return {
    async all() {
      return (await db.all<AppChangeRow>(every)).map(({ app, base, sealed }) => ({ sdkAppId: app, base, sealed }));
    },
    async put({ sdkAppId, base, sealed }) {
      await db.all(put, sdkAppId, base, sealed);
    },
    async remove(sdkAppId) {
      await db.all(remove, sdkAppId);
    },
  };
}
