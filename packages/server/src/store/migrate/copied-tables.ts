import { shardOf } from "../postgres/shards.ts";

/** A table of the target, and where its rows come from. */
export interface CopiedTable {
  readonly name: string;
  /** The source's rows, with the columns named as the target names them. */
  readonly rows: string;
  /** The table of the source whose rows are as many, where there is one. */
  readonly counted?: string;
  /** The columns that name a row, in whose order the source is read. */
  readonly key: readonly [string, ...string[]];
}

/** The function that `copiedTables` call, in the source's connection. */
export const shardFunction = {
  name: "muster_shard",
  call: (app: unknown, lane: unknown): number => shardOf(Number(app), String(lane)),
} as const;

const LAST_NOTICE = "(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'notice')";

/** A table that both have: its columns are those of the target that the source has as well. */
function same(name: string, ...key: readonly [string, ...string[]]): CopiedTable {
  return { name, rows: `SELECT * FROM ${name}`, counted: name, key };
}

/** All that a store holds, in the order in which it is copied. */
export const copiedTables: readonly CopiedTable[] = [
  same("account", "app", "user_id"),
  same("chat_group", "created"),
  same("member", "joined"),
  same("topic", "created"),
  same("ban", "app", "group_id", "user_id"),
  same("mute", "app", "group_id", "user_id", "topic_id"),
  same("group_attribute", "app", "group_id"),
  same("application", "applied"),
  {
    name: "tally",
    rows: `
      SELECT app, kind, 0 AS slot, n FROM (
        SELECT app, 'accepted' AS kind, accepted AS n FROM ledger
        UNION ALL SELECT app, 'delivered', delivered FROM ledger
        UNION ALL SELECT app, 'dead', dead FROM ledger
        UNION ALL SELECT app, 'cancelled', cancelled FROM ledger
        UNION ALL SELECT app, 'groups:' || type, n FROM group_count
        UNION ALL SELECT app, 'growth:' || day, net FROM group_growth
      )`,
    key: ["app", "kind"],
  },
  { name: "growth_alarm", rows: "SELECT app, day FROM group_growth WHERE alarmed", key: ["app"] },
  same("app_change", "app"),
  same("endpoint", "app"),
  {
    ...same("lane", "app", "lane"),
    // A lane in which nothing is pending has its last callback's position, if that is still there.
    rows: `
      SELECT lane.*, ${shardFunction.name}(app, lane) AS shard, coalesce((
        SELECT position FROM outbox
        WHERE outbox.app = lane.app AND outbox.lane = lane.lane AND sequence = min(settled + 1, last)
      ), 0) AS head FROM lane`,
  },
  same("outbox", "position"),
  {
    ...same("attempt", "position", "number"),
    rows: "SELECT attempt.*, outbox.app FROM attempt CROSS JOIN outbox ON outbox.position = attempt.position",
  },
  same("given_up", "position"),
  same("listener", "app"),
  {
    // There positions count within an app, here over all of them: each app goes on behind the last of all.
    name: "notice_head",
    rows: `
      SELECT app, ${LAST_NOTICE} AS last, ${LAST_NOTICE} AS change,
        coalesce((SELECT min(position) - 1 FROM notice), ${LAST_NOTICE}) AS forgotten
      FROM (SELECT app FROM listener UNION SELECT app FROM group_count)`,
    key: ["app"],
  },
  same("notice", "position"),
  same("notice_user", "app", "user_id", "position"),
  same("stay", "ended"),
  {
    ...same("series", "resolution", "app", "at"),
    // There a list as PostgreSQL writes it, here as JSON.
    rows: `
      SELECT resolution, app, at, attempts, delivered, dead, pending,
        '{' || trim(durations, '[]') || '}' AS durations FROM series`,
  },
];

/** Sequences of the target, which go on behind what the source has given, and its tables that give the same. */
export const copiedSequences: readonly { readonly sequence: string; readonly of: string }[] = [
  { sequence: "outbox_position", of: "outbox" },
  { sequence: "chat_group_created_seq", of: "chat_group" },
  { sequence: "member_joined_seq", of: "member" },
  { sequence: "topic_created_seq", of: "topic" },
  { sequence: "application_applied_seq", of: "application" },
];
