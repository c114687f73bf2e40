import type { GroupCommit } from "@muster/foundation";
import type { DatabaseSync } from "node:sqlite";

import type { EndpointStates } from "../../ports/endpoint-states.ts";
import type { AttemptOutcome } from "../../ports/outbox.ts";
import { all } from "./group-reads.ts";

interface EndpointRow {
  readonly app: number;
  readonly failing_since: number;
  readonly openings: number;
  readonly outcome: string;
  readonly until: number | null;
}

/** The endpoints that fail, kept over a restart. */
export function createEndpointStates(writer: DatabaseSync, reader: DatabaseSync, commits: GroupCommit): EndpointStates {
  const select = reader.prepare("SELECT app, failing_since, openings, outcome, until FROM endpoint");
  const put = writer.prepare(
    "INSERT OR REPLACE INTO endpoint (app, failing_since, openings, outcome, until) VALUES (?, ?, ?, ?, ?)",
  );
  const remove = writer.prepare("DELETE FROM endpoint WHERE app = ?");
  const claim = writer.prepare("UPDATE endpoint SET until = ? WHERE app = ? AND openings = ? AND until = ?");
  return {
    async all() {
      return all<EndpointRow>(select).map((row) => ({
        sdkAppId: row.app,
        failingSince: row.failing_since,
        openings: row.openings,
        outcome: row.outcome as AttemptOutcome,
        until: row.until ?? undefined,
      }));
    },
    async put({ sdkAppId, failingSince, openings, outcome, until }) {
      await commits.write(() => void put.run(sdkAppId, failingSince, openings, outcome, until ?? null));
    },
    async remove(sdkAppId) {
      await commits.write(() => void remove.run(sdkAppId));
    },
    async claim({ sdkAppId, openings, until: was = null }, until) {
      return (await commits.write(() => claim.run(until, sdkAppId, openings, was))).changes > 0;
    },
  };
}
