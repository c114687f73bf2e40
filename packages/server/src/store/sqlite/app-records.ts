import type { DatabaseSync } from "node:sqlite";

import type { GroupCommit } from "@muster/foundation";

import type { AppRecord, AppRecords } from "../../ports/app-records.ts";
import { all } from "./group-reads.ts";

interface AppChangeRow {
  readonly app: number;
  readonly base: AppRecord["base"];
  readonly sealed: string;
}

/** The changes to apps, in a table of their own. */
export function createAppRecords(writer: DatabaseSync, reader: DatabaseSync, commits: GroupCommit): AppRecords {
  const every = reader.prepare("SELECT app, base, sealed FROM app_change ORDER BY app");
  const add = writer.prepare("INSERT OR IGNORE INTO app_change (app, base, sealed) VALUES (?, ?, ?)");
  const replace = writer.prepare("UPDATE app_change SET base = ?, sealed = ? WHERE app = ? AND sealed = ?");
  const remove = writer.prepare("DELETE FROM app_change WHERE app = ? AND sealed = ?");
  return {
    async all() {
      return all<AppChangeRow>(every).map(({ app, base, sealed }) => ({ sdkAppId: app, base, sealed }));
    },
    async put({ sdkAppId, base, sealed }, before) {
      const put = (): { readonly changes: number | bigint } =>
        before === undefined ? add.run(sdkAppId, base, sealed) : replace.run(base, sealed, sdkAppId, before);
      return (await commits.write(put)).changes > 0;
    },
    // None comes into a file, and of one that leaves there is no server.
    moves: () => Promise.resolve(new Map()),
    settled: () => Promise.resolve(),
    remove: async (sdkAppId, before) => (await commits.write(() => remove.run(sdkAppId, before))).changes > 0,
  };
}
