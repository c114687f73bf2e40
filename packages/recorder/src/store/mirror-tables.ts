import type { GroupKey } from "../journal/group-reader.ts";
import type { Changes, GroupChange, GroupRow } from "../mirror/mirror-store.ts";

// What the mirror's tables are, whatever database they are in.

/** What a field has. */
export type Value = string | number | null;

/** A column and what is in it, in the words of PostgreSQL. */
export type Column = readonly [name: string, type: "bigint" | "text"];

/** Where something of a group is, in the order in which it goes. */
export const tablesOfGroup = [
  "members",
  "topics",
  "custom_fields",
  "attributes",
  "gaps",
  "checkpoints",
  "groups",
] as const;

/** What begins the key of each. */
export const groupKey: readonly Column[] = [
  ["sdk_app_id", "bigint"],
  ["group_id", "text"],
];

export function keyOf({ sdkAppId, groupId }: GroupKey): readonly [number, string] {
  return [sdkAppId, groupId];
}

/** Columns of `groups` behind the key. */
export const groupColumns: readonly Column[] = [
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

/** What a row has in `groupColumns`. */
export function groupValues(row: GroupRow): readonly Value[] {
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

/** Entries that are to be written: the columns' values, or `undefined` where there is to be none. */
type Entries = readonly (readonly [key: string, values: readonly Value[] | undefined])[];

/** A table of what a group has many of. */
export interface EntryTable {
  readonly table: string;
  /** Behind the group's. */
  readonly key: string;
  readonly columns: readonly Column[];
  readonly entriesOf: (change: GroupChange) => Entries;
}

export const entryTables: readonly EntryTable[] = [
  {
    table: "members",
    key: "user_id",
    columns: [
      ["role", "text"],
      ["name_card", "text"],
      ["joined_at", "bigint"],
    ],
    entriesOf: ({ members }) =>
      entries(members, ({ role, nameCard, joinedAt }) => [role, nameCard ?? null, joinedAt ?? null]),
  },
  {
    table: "topics",
    key: "topic_id",
    columns: [
      ["name", "text"],
      ["created_at", "bigint"],
    ],
    entriesOf: ({ topics }) => entries(topics, ({ name, createdAt }) => [name, createdAt]),
  },
  {
    table: "custom_fields",
    key: "key",
    columns: [["value", "text"]],
    entriesOf: ({ customFields }) => entries(customFields, (value) => [value]),
  },
  {
    table: "attributes",
    key: "key",
    columns: [["value", "text"]],
    entriesOf: ({ attributes }) => entries(attributes, (value) => [value]),
  },
];

function entries<V>(changes: Changes<V>, columns: (value: V) => readonly Value[]): Entries {
  return changes.map(([key, value]) => [key, value === undefined ? undefined : columns(value)]);
}
