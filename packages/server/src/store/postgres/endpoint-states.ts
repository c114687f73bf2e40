import { statement, type Postgres } from "@muster/foundation";

import type { EndpointStates } from "../../ports/endpoint-states.ts";
import type { AttemptOutcome } from "../../ports/outbox.ts";

interface EndpointRow {
  readonly app: number;
  readonly failing_since: number;
  readonly openings: number;
  readonly outcome: string;
  readonly until: number | null;
}

const select = statement("SELECT app, failing_since, openings, outcome, until FROM endpoint");
const put = statement(
  `INSERT INTO endpoint (app, failing_since, openings, outcome, until) VALUES ($1, $2, $3, $4, $5)
   ON CONFLICT (app) DO UPDATE SET failing_since = excluded.failing_since, openings = excluded.openings,
     outcome = excluded.outcome, until = excluded.until`,
);
const remove = statement("DELETE FROM endpoint WHERE app = $1");
const claim = statement("UPDATE endpoint SET until = $4 WHERE app = $1 AND openings = $2 AND until = $3 RETURNING 1");

/** The endpoints that fail, kept over a restart. */
export function createEndpointStates(db: Postgres): EndpointStates {
  return {
    async all() {
      return (await db.all<EndpointRow>(select)).map((row) => ({
        sdkAppId: row.app,
        failingSince: row.failing_since,
        openings: row.openings,
        outcome: row.outcome as AttemptOutcome,
        until: row.until ?? undefined,
      }));
    },
    async put({ sdkAppId, failingSince, openings, outcome, until }) {
      await db.all(put, sdkAppId, failingSince, openings, outcome, until ?? null);
    },
    async remove(sdkAppId) {
      await db.all(remove, sdkAppId);
    },
    async claim({ sdkAppId, openings, until: was = null }, until) {
      return (await db.all(claim, sdkAppId, openings, was, until)).length > 0;
    },
  };
}
