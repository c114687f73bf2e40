import type { DatabaseSync } from "node:sqlite";

import type { GroupCommit } from "@muster/foundation";

import type { AppRecord, AppRecords } from "../../ports.ts";
import { all } from "./group-reads.ts";

interface AppChangeRow {
  readonly app: number;
  readonly base: AppRecord["base"];
  readonly sealed: string;
}

/** The changes to apps, in a table of their own. */
export function createAppRecords(writer: DatabaseSync, reader: DatabaseSync, commits: GroupCommit): AppRecords {
  const every = reader.prepare("SELECT app, base, sealed FROM app_change ORDER BY app");
  const put = writer.prepare("INSERT OR REPLACE INTO app_change (app, base, sealed) VALUES (?, ?, ?)");
  const remove = writer.prepare("DELETE FROM app_change WHERE app = ?");
  return {
    async all() {
      return all<AppChangeRow>(every).map(({ app, base, sealed }) => ({ sdkAppId: app, base, sealed }));
    },
    async put({ sdkAppId, base, sealed }) {
      await commits.write(() => put.run(sdkAppId, base, sealed));
    },
    async remove(sdkAppId) {
      await commits.write(() => remove.run(sdkAppId));
    },
  };
}
