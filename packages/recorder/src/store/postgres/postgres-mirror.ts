import { openPostgres, statement, type Postgres, type PostgresTransaction } from "@muster/foundation";

import type { GroupKey } from "../../journal/group-reader.ts";
import type { Changes, GroupChange, GroupRow, MirrorStore } from "../../mirror/mirror-store.ts";
import { createEventReader } from "./event-reader.ts";
import { createGroupReader } from "./group-reader.ts";
import { MIRROR_SCHEMA, migrations as mirrorMigrations } from "./mirror-schema.ts";
import { migrations, SCHEMA } from "./schema.ts";
import { createSnapshotReader } from "./trimming.ts";

/** Of each of the two schemas. */
const CONNECTIONS = 2;
/** Most rows that one statement writes: it has a few seconds. */
const PIECE = 10_000;

/** Everything of a group, in the order in which it goes. */
const TABLES = ["members", "topics", "custom_fields", "attributes", "gaps", "checkpoints", "groups"] as const;

type Value = string | number | null;
type Rows = readonly (readonly Value[])[];

/** A column and its type. */
type Column = readonly [name: string, type: "bigint" | "text"];

const groupKey: readonly Column[] = [
  ["sdk_app_id", "bigint"],
  ["group_id", "text"],
];
const groupColumns: readonly Column[] = [
  ["state", "text"],
  ["life", "bigint"],
  ["type", "text"],
  ["name", "text"],
  ["introduction", "text"],
  ["notification", "text"],
  ["face_url", "text"],
  ["owner", "text"],
  ["member_count", "bigint"],
  ["topic_count", "bigint"],
  ["is_full", "bigint"],
  ["created_at", "bigint"],
  ["disbanded_at", "bigint"],
  ["last_sequence", "bigint"],
  ["missing", "bigint"],
  ["last_position", "bigint"],
  ["last_received_at", "bigint"],
];

const readState = statement("SELECT position, rules FROM mirror");
const writeState = statement("UPDATE mirror SET position = $1, rules = $2 WHERE position = $3 RETURNING 1");
const restart = statement("UPDATE mirror SET position = 0, rules = 0");
const truncate = statement(`TRUNCATE ${TABLES.join(", ")}`);
const readCheckpoint = statement("SELECT position, fold FROM checkpoints WHERE sdk_app_id = $1 AND group_id = $2");
const disbanded = statement(`
  SELECT sdk_app_id, group_id FROM groups
  WHERE state = 'disbanded' AND last_position < $1 AND (sdk_app_id, group_id) > ($2, $3)
  ORDER BY sdk_app_id, group_id LIMIT $4`);
const removals = new Map(TABLES.map((table) => [table, removing(table, groupKey)]));
const writeGroups = replacing("groups", groupKey, groupColumns);
const writeCheckpoints = replacing("checkpoints", groupKey, [
  ["position", "bigint"],
  ["fold", "text"],
]);
const removeGaps = removing("gaps", groupKey);
const addGaps = replacing("gaps", [...groupKey, ["first", "bigint"]], [["last", "bigint"]]);
const entries = {
  members: entryTable(
    "members",
    "user_id",
    [
      ["role", "text"],
      ["name_card", "text"],
      ["joined_at", "bigint"],
    ],
    ({ members }) => valuesOf(members, ({ role, nameCard, joinedAt }) => [role, nameCard ?? null, joinedAt ?? null]),
  ),
  topics: entryTable(
    "topics",
    "topic_id",
    [
      ["name", "text"],
      ["created_at", "bigint"],
    ],
    ({ topics }) => valuesOf(topics, ({ name, createdAt }) => [name, createdAt]),
  ),
  customFields: entryTable("custom_fields", "key", [["value", "text"]], ({ customFields }) =>
    valuesOf(customFields, (value) => [value]),
  ),
  attributes: entryTable("attributes", "key", [["value", "text"]], ({ attributes }) =>
    valuesOf(attributes, (value) => [value]),
  ),
};

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
        for (const removal of removals.values()) removal(tx, groups.map(keyOf));
      });
    },
  };
}

function writeChanges(tx: PostgresTransaction, changes: readonly GroupChange[]): void {
  writeGroups(
    tx,
    changes.map((change) => [...keyOf(change), ...groupValues(change.row)]),
  );
  for (const write of Object.values(entries)) write(tx, changes);
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

function keyOf({ sdkAppId, groupId }: GroupKey): readonly [number, string] {
  return [sdkAppId, groupId];
}

type Write = (tx: PostgresTransaction, rows: Rows) => void;

/** Inserts rows, or writes their columns over those that have their keys. */
function replacing(table: string, keys: readonly Column[], columns: readonly Column[]): Write {
  const all = [...keys, ...columns];
  const updates = columns.map(([name]) => `${name} = excluded.${name}`);
  return inPieces(
    all.length,
    `INSERT INTO ${table} (${namesOf(all)}) SELECT * FROM unnest(${arraysOf(all)})
     ON CONFLICT (${namesOf(keys)}) DO UPDATE SET ${updates.join(", ")}`,
  );
}

/** Removes the rows that have keys. */
function removing(table: string, keys: readonly Column[]): Write {
  return inPieces(
    keys.length,
    `DELETE FROM ${table} USING unnest(${arraysOf(keys)}) AS gone (${namesOf(keys)})
     WHERE ${keys.map(([name]) => `${table}.${name} = gone.${name}`).join(" AND ")}`,
  );
}

function inPieces(width: number, sql: string): Write {
  const prepared = statement(sql);
  return (tx, rows) => {
    for (let from = 0; from < rows.length; from += PIECE) {
      const piece = rows.slice(from, from + PIECE);
      tx.push(prepared, ...Array.from({ length: width }, (_, i) => piece.map((row) => row[i] ?? null)));
    }
  };
}

/** Writes changes to the entries of groups: one table for each kind. */
function entryTable(
  table: string,
  key: string,
  columns: readonly Column[],
  entriesOf: (change: GroupChange) => readonly (readonly [string, readonly Value[] | undefined])[],
): (tx: PostgresTransaction, changes: readonly GroupChange[]) => void {
  const keys: readonly Column[] = [...groupKey, [key, "text"]];
  const [put, remove] = [replacing(table, keys, columns), removing(table, keys)];
  return (tx, changes) => {
    const rows = changes.flatMap((change) =>
      entriesOf(change).map(([entry, values]) => ({ key: [...keyOf(change), entry], values })),
    );
    remove(
      tx,
      rows.flatMap((row) => (row.values ? [] : [row.key])),
    );
    put(
      tx,
      rows.flatMap((row) => (row.values ? [[...row.key, ...row.values]] : [])),
    );
  };
}

function valuesOf<V>(
  changes: Changes<V>,
  columns: (value: V) => readonly Value[],
): readonly (readonly [string, readonly Value[] | undefined])[] {
  return changes.map(([key, value]) => [key, value === undefined ? undefined : columns(value)]);
}

function namesOf(columns: readonly Column[]): string {
  return columns.map(([name]) => name).join(", ");
}

function arraysOf(columns: readonly Column[]): string {
  return columns.map(([, type], i) => `$${i + 1}::${type}[]`).join(", ");
}

function groupValues(row: GroupRow): readonly Value[] {
  return [
    row.state,
    row.life,
    row.type ?? null,
    row.name ?? null,
    row.introduction ?? null,
    row.notification ?? null,
    row.faceUrl ?? null,
    row.owner ?? null,
    row.memberCount,
    row.topicCount,
    Number(row.full),
    row.createdAt ?? null,
    row.disbandedAt ?? null,
    row.lastSequence ?? null,
    row.missing,
    row.lastPosition,
    row.lastReceivedAt,
  ];
}
