import { sameTable as same, type CopiedTable, type StoreKind } from "@muster/foundation";

import { migrations, SCHEMA } from "../postgres/migrations.ts";
import { shardOf } from "../postgres/shards.ts";
import { APPLICATION_ID, migrations as fileMigrations } from "../sqlite/migrations.ts";

const SHARD_FUNCTION = "muster_shard";

const LAST_NOTICE = "(SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'notice')";

const tables: readonly CopiedTable[] = [
  same("account", ["app", "user_id"]),
  same("chat_group", ["created"], ["app", "group_id"]),
  same("member", ["joined"], ["app", "user_id", "group_id"]),
  same("topic", ["created"], ["app", "group_id", "topic_id"]),
  same("ban", ["app", "group_id", "user_id"]),
  same("mute", ["app", "group_id", "user_id", "topic_id"]),
  same("group_attribute", ["app", "group_id"]),
  same("application", ["applied"], ["app", "group_id", "user_id"]),
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
    along: ["app", "kind", "slot"],
  },
  { name: "growth_alarm", rows: "SELECT app, day FROM group_growth WHERE alarmed", key: ["app"], along: ["app"] },
  same("app_change", ["app"]),
  same("endpoint", ["app"]),
  {
    ...same("lane", ["app", "lane"]),
    // A lane in which nothing is pending has its last callback's position, if that is still there.
    rows: `
      SELECT lane.*, ${SHARD_FUNCTION}(app, lane) AS shard, coalesce((
        SELECT position FROM outbox
        WHERE outbox.app = lane.app AND outbox.lane = lane.lane AND sequence = min(settled + 1, last)
      ), 0) AS head FROM lane`,
  },
  same("outbox", ["position"], ["app", "lane", "sequence"]),
  {
    ...same("attempt", ["position", "number"], ["app", "position", "number"]),
    rows: "SELECT attempt.*, outbox.app FROM attempt CROSS JOIN outbox ON outbox.position = attempt.position",
  },
  same("given_up", ["position"], ["app", "position"]),
  same("listener", ["app"]),
  {
    // There positions count within an app, here over all of them: each app goes on behind the last of all.
    name: "notice_head",
    rows: `
      SELECT app, ${LAST_NOTICE} AS last, ${LAST_NOTICE} AS change,
        coalesce((SELECT min(position) - 1 FROM notice), ${LAST_NOTICE}) AS forgotten
      FROM (SELECT app FROM listener UNION SELECT app FROM group_count)`,
    key: ["app"],
    along: ["app"],
  },
  same("notice", ["position"], ["app", "position"]),
  same("notice_user", ["app", "user_id", "position"]),
  same("stay", ["ended"], ["app", "until", "user_id", "group_id", "since"]),
  {
    ...same("series", ["resolution", "app", "at"], ["app", "resolution", "at"]),
    // There a list as PostgreSQL writes it, here as JSON.
    rows: `
      SELECT resolution, app, at, attempts, delivered, dead, pending,
        '{' || trim(durations, '[]') || '}' AS durations FROM series`,
  },
];

/** Sequences of the target, and the tables whose rows have numbers of them. */
const sequences = {
  outbox_position: "outbox",
  chat_group_created_seq: "chat_group",
  member_joined_seq: "member",
  topic_created_seq: "topic",
  application_applied_seq: "application",
};

/** The server's store: groups, numbers, what is pending, attempts, counts, settings, and what app users were told. */
export const serverStore: StoreKind = {
  program: "server",
  applicationId: APPLICATION_ID,
  fileMigrations,
  schema: SCHEMA,
  migrations,
  tables,
  numbers: Object.entries(sequences).map(([sequence, of]) => ({ of, set: `SELECT setval('${sequence}', $1::bigint)` })),
  app: "app",
  standing: [
    `SELECT ${LAST_NOTICE}`,
    "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'stay'",
    "SELECT sum(settled) FROM lane",
    "SELECT sum(attempts) FROM lane",
  ],
  function: { name: SHARD_FUNCTION, call: (app, lane) => shardOf(Number(app), String(lane)) },
};
