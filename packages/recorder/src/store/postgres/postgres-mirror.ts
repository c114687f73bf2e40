import { openPostgres, statement, type Postgres, type PostgresTransaction } from "@muster/foundation";

import type { GroupChange, MirrorStore } from "../../mirror/mirror-store.ts";
import { entryTables, groupColumns, groupKey, groupValues, keyOf, tablesOfGroup } from "../mirror-tables.ts";
import { createEventReader } from "./event-reader.ts";
import { createGroupReader } from "./group-reader.ts";
import { MIRROR_SCHEMA, migrations as mirrorMigrations } from "./mirror-schema.ts";
import { removing, replacing, writingEntries } from "./mirror-writes.ts";
import { migrations, SCHEMA } from "./schema.ts";
import { createSnapshotReader } from "./trimming.ts";

/** Of each of the two schemas. */
const CONNECTIONS = 2;

const readState = statement("SELECT position, rules FROM mirror");
const writeState = statement("UPDATE mirror SET position = $1, rules = $2 WHERE position = $3 RETURNING 1");
const restart = statement("UPDATE mirror SET position = 0, rules = 0");
const truncate = statement(`TRUNCATE ${tablesOfGroup.join(", ")}`);
const readCheckpoint = statement("SELECT position, fold FROM checkpoints WHERE sdk_app_id = $1 AND group_id = $2");
const disbanded = statement(`
  SELECT sdk_app_id, group_id FROM groups
  WHERE state = 'disbanded' AND last_position < $1 AND (sdk_app_id, group_id) > ($2, $3)
  ORDER BY sdk_app_id, group_id LIMIT $4`);
const removals = tablesOfGroup.map((table) => removing(table, groupKey));
const writeGroups = replacing("groups", groupKey, groupColumns);
const writeCheckpoints = replacing("checkpoints", groupKey, [
  ["position", "bigint"],
  ["fold", "text"],
]);
const removeGaps = removing("gaps", groupKey);
const addGaps = replacing("gaps", [...groupKey, ["first", "bigint"]], [["last", "bigint"]]);
const writeEntries = entryTables.map(writingEntries);

/**
 * Opens the mirror beside the journal in the same database, each in a schema of its own.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openPostgresMirror(url: string) {
  const events = await openPostgres(url, { schema: SCHEMA, migrations, connections: CONNECTIONS });
  const mirror = { schema: MIRROR_SCHEMA, migrations: mirrorMigrations, connections: CONNECTIONS };
  const tables = await openPostgres(url, mirror).catch(async (error: unknown) => {
    await events.close();
    throw error;
  });
  return {
    journal: { ...createEventReader(events), ...createGroupReader(events), ...createSnapshotReader(events) },
    tables: createPostgresMirror(tables),
    async close() {
      await tables.close();
      await events.close();
    },
  };
}

/** The mirror's tables in PostgreSQL; each call is one transaction. */
function createPostgresMirror(db: Postgres): MirrorStore {
  /** Where whoever fills the tables has left them. */
  let position = 0;

  return {
    async readState() {
      const [state] = await db.all<{ position: number; rules: number }>(readState);
      position = state?.position ?? 0;
      return { position, rules: state?.rules ?? 0 };
    },
    async readCheckpoint({ sdkAppId, groupId }) {
      const [found] = await db.all<{ position: number; fold: string }>(readCheckpoint, sdkAppId, groupId);
      return found;
    },
    async write({ position: reached, rules }, changes) {
      await db.transaction(async (tx) => {
        // Two that fill the tables would each write what the other does not know of.
        const isOurs = (await tx.all(writeState, reached, rules, position)).length > 0;
        if (!isOurs) throw new Error("the mirror is being filled by another node");
        writeChanges(tx, changes);
      });
      position = reached;
    },
    async clear() {
      await db.transaction(async (tx) => {
        tx.push(truncate);
        tx.push(restart);
      });
      position = 0;
    },
    async readDisbanded(before, after, limit) {
      const from = [after?.sdkAppId ?? 0, after?.groupId ?? ""] as const;
      const rows = await db.all<{ sdk_app_id: number; group_id: string }>(disbanded, before, ...from, limit);
      return rows.map((row) => ({ sdkAppId: row.sdk_app_id, groupId: row.group_id }));
    },
    async forget(groups) {
      await db.transaction(async (tx) => {
        for (const removal of removals) removal(tx, groups.map(keyOf));
      });
    },
  };
}

function writeChanges(tx: PostgresTransaction, changes: readonly GroupChange[]): void {
  writeGroups(
    tx,
    changes.map((change) => [...keyOf(change), ...groupValues(change.row)]),
  );
  for (const write of writeEntries) write(tx, changes);
  const withGaps = changes.filter(({ gaps }) => gaps !== undefined);
  removeGaps(tx, withGaps.map(keyOf));
  addGaps(
    tx,
    withGaps.flatMap((change) => (change.gaps ?? []).map(({ from, to }) => [...keyOf(change), from, to])),
  );
  writeCheckpoints(
    tx,
    changes.flatMap((change) =>
      change.checkpoint === undefined ? [] : [[...keyOf(change), change.row.lastPosition, change.checkpoint]],
    ),
  );
}
