import type { ReplicaState } from "@muster/foundation";

import type { GroupKey } from "../journal/group-reader.ts";

/** Numbers of a group in a row that have not come, both ends included. */
export interface Gap extends GroupKey {
  readonly from: number;
  readonly to: number;
}

/** How many numbers have not come, of how many groups. */
export interface Missing {
  readonly numbers: number;
  readonly groups: number;
}

/** The tables that can be given away as they are. */
export const mirrorTables = ["groups", "members", "topics", "custom_fields", "attributes", "gaps"] as const;

export type MirrorTable = (typeof mirrorTables)[number];

/** A row of a table, by its columns. */
export type MirrorTableRow = Readonly<Record<string, unknown>>;

/** What of a row says where it stands among the others: the values of its table's key. */
export type RowKey = readonly (string | number)[];

/** Reads the mirror's tables, and never waits for who fills them. */
export interface MirrorReader {
  /**
   * At most `limit` gaps in the order of their keys (app, group, number), of an app or a group where these are named.
   * @param after the gap behind which to begin
   */
  readGaps(of: Partial<GroupKey>, after: Gap | undefined, limit: number): Promise<readonly Gap[]>;
  readMissing(): Promise<Missing>;
  /** Up to which position of the journal the tables tell. */
  readPosition(): Promise<number>;
  /**
   * At most `limit` rows of a table in the order of its key.
   * @param after the key behind which to begin: the values of its `keyColumns`
   */
  readRows(table: MirrorTable, after: RowKey | undefined, limit: number): Promise<readonly MirrorTableRow[]>;
  /** Whether a replica is read; absent where none is configured. */
  readonly replica?: () => ReplicaState;
  close(): Promise<void>;
}

/** The columns of each table's key, behind `sdk_app_id` and `group_id`. */
const furtherKey: Readonly<Record<MirrorTable, string | undefined>> = {
  groups: undefined,
  members: "user_id",
  topics: "topic_id",
  custom_fields: "key",
  attributes: "key",
  gaps: "first",
};

/** The columns of a table's key. */
export function keyColumns(table: MirrorTable): readonly string[] {
  const further = furtherKey[table];
  return ["sdk_app_id", "group_id", ...(further === undefined ? [] : [further])];
}
