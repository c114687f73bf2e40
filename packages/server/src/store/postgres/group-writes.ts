import { statement, type PostgresStatement, type PostgresTransaction, type PostgresValue } from "@muster/foundation";

import type { Group, Member } from "../../group/group.ts";
import type { CommittedCallback } from "../../ports/outbox.ts";
import type { GroupWrites } from "../../ports/store.ts";
import { groupValues, memberValues, topicValues } from "../column-values.ts";
import { createEnqueue } from "./enqueue.ts";
import { joined, statementForMany } from "./for-many.ts";
import { first, groupReads, groupsOfType, growthOf, joinedGroupsStatement } from "./group-reads.ts";
import type { NoticeWrites } from "./notice-writes.ts";
import { toGroup, toMember, type GroupRow, type MemberRow } from "../rows.ts";
import { createTallies } from "./tallies.ts";

// Whoever is about to change a group holds its row until the commit: commands on one group come one after another.
const lockedGroup = statementForMany("SELECT * FROM chat_group WHERE app = $1 AND group_id = $2 FOR NO KEY UPDATE", {
  // Who shares a transaction waits for nobody else's: of what another one holds there is no more than its name.
  text: `SELECT asked.group_id AS asked, held.*
     FROM unnest($2::text[]) AS asked (group_id) LEFT JOIN LATERAL (
       SELECT * FROM chat_group WHERE app = $1 AND group_id = asked.group_id OFFSET 0 FOR NO KEY UPDATE SKIP LOCKED
     ) AS held ON true
     WHERE held.group_id IS NOT NULL
       OR (SELECT 1 FROM chat_group WHERE app = $1 AND group_id = asked.group_id) = 1`,
  values: joined,
  whose: { column: "asked", parameter: 1 },
  claims: 1,
  isForOneAlone: (row) => row["group_id"] === null,
});
const joinedGroups = joinedGroupsStatement("FOR NO KEY UPDATE");
const ownedGroups = statement(
  "SELECT * FROM chat_group WHERE app = $1 AND owner = $2 ORDER BY created FOR NO KEY UPDATE",
);

const putAccount = statement(
  `INSERT INTO account (app, user_id, nick, face_url) VALUES ($1, $2, $3, $4)
   ON CONFLICT (app, user_id) DO UPDATE SET nick = excluded.nick, face_url = excluded.face_url`,
);
const removeAccount = statement(
  `WITH applied AS (DELETE FROM application WHERE app = $1 AND user_id = $2)
   DELETE FROM account WHERE app = $1 AND user_id = $2 RETURNING 1`,
);
const setKickedAt = statement("UPDATE account SET kicked_at = $3 WHERE app = $1 AND user_id = $2");
/** Rows of lists, whose parameters begin with such a number. */
const rowsOf = (from: number, types: readonly string[]): string =>
  `unnest(${types.map((type, i) => `$${from + i}::${type}[]`).join(", ")}) WITH ORDINALITY`;
/** Members who are added, where their parameters begin with such a number: the app is the first, their groups come before. */
const newMembers = (from: number): string =>
  `INSERT INTO member (app, group_id, user_id, role, join_time, name_card, msg_flag, muted_until, custom_fields, since)
   SELECT $1::bigint, group_id, user_id, role, join_time, name_card, msg_flag, muted_until, custom_fields,
     coalesce((SELECT last FROM notice_head WHERE app = $1), 0)
   FROM ${rowsOf(from, ["text", "text", "text", "bigint", "text", "text", "bigint", "text"])}
     AS new (group_id, user_id, role, join_time, name_card, msg_flag, muted_until, custom_fields, place)
   ORDER BY place`;
const GROUP_COLUMNS =
  "group_id, type, name, introduction, notification, face_url, owner, create_time, last_info_time, max_members, " +
  "apply_join_option, invite_join_option, support_topic, mute_all, custom_fields, member_count";
const GROUP_TYPES =
  "text text text text text text text bigint bigint bigint text text boolean boolean text bigint".split(" ");
const addGroups = statementForMany(
  `WITH added AS (${newMembers(2 + GROUP_TYPES.length)})
   INSERT INTO chat_group (app, ${GROUP_COLUMNS})
   SELECT $1, ${GROUP_COLUMNS} FROM ${rowsOf(2, GROUP_TYPES)} AS new (${GROUP_COLUMNS}, place) ORDER BY place`,
  { values: joined, claims: 1 },
);
const changeGroup = statement(
  `UPDATE chat_group SET type = $3, name = $4, introduction = $5, notification = $6, face_url = $7, owner = $8,
     create_time = $9, last_info_time = $10, max_members = $11, apply_join_option = $12, invite_join_option = $13,
     support_topic = $14, mute_all = $15, custom_fields = $16
   WHERE app = $1 AND group_id = $2`,
);
const addMembers = statement(
  `WITH added AS (${newMembers(3)})
   UPDATE chat_group SET member_count = member_count + cardinality($3::text[]) WHERE app = $1 AND group_id = $2`,
);
const changeMember = statement(
  `UPDATE member SET role = $4, join_time = $5, name_card = $6, msg_flag = $7, muted_until = $8, custom_fields = $9
   WHERE app = $1 AND group_id = $2 AND user_id = $3`,
);
const removeMembers = statement(
  `WITH lifted AS (DELETE FROM mute WHERE app = $1 AND group_id = $2 AND user_id = ANY ($3::text[])),
   removed AS (DELETE FROM member WHERE app = $1 AND group_id = $2 AND user_id = ANY ($3::text[]) RETURNING 1)
   UPDATE chat_group SET member_count = member_count - (SELECT count(*) FROM removed) WHERE app = $1 AND group_id = $2`,
);
const setMutes = statement(
  `INSERT INTO mute (app, group_id, topic_id, user_id, until)
   SELECT $1, $2, $3, user_id, until FROM unnest($4::text[], $5::bigint[]) AS new (user_id, until)
   ON CONFLICT (app, group_id, user_id, topic_id) DO UPDATE SET until = excluded.until`,
);
const liftMutes = statement(
  "DELETE FROM mute WHERE app = $1 AND group_id = $2 AND topic_id = $3 AND user_id = ANY ($4::text[])",
);
const setBans = statement(
  `INSERT INTO ban (app, group_id, user_id, until)
   SELECT $1, $2, user_id, until FROM unnest($3::text[], $4::bigint[]) AS new (user_id, until)
   ON CONFLICT (app, group_id, user_id) DO UPDATE SET until = excluded.until`,
);
const liftBans = statement("DELETE FROM ban WHERE app = $1 AND group_id = $2 AND user_id = ANY ($3::text[])");
const putApplication = statement(
  `INSERT INTO application (app, group_id, user_id, inviter, note, time) VALUES ($1, $2, $3, $4, $5, $6)
   ON CONFLICT (app, group_id, user_id)
   DO UPDATE SET applied = DEFAULT, inviter = excluded.inviter, note = excluded.note, time = excluded.time`,
);
const removeApplication = statement("DELETE FROM application WHERE app = $1 AND group_id = $2 AND user_id = $3");
const setAttributes = statement(
  `INSERT INTO group_attribute (app, group_id, attributes) VALUES ($1, $2, $3)
   ON CONFLICT (app, group_id) DO UPDATE SET attributes = excluded.attributes`,
);
const addTopic = statement(
  `INSERT INTO topic (app, group_id, topic_id, name, introduction, notification, face_url, custom_string, creator,
     create_time, mute_all) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
);
const changeTopic = statement(
  `UPDATE topic SET name = $4, introduction = $5, notification = $6, face_url = $7, custom_string = $8, creator = $9,
     create_time = $10, mute_all = $11 WHERE app = $1 AND group_id = $2 AND topic_id = $3`,
);
const removeTopic = statement(
  `WITH lifted AS (DELETE FROM mute WHERE app = $1 AND group_id = $2 AND topic_id = $3)
   DELETE FROM topic WHERE app = $1 AND group_id = $2 AND topic_id = $3`,
);
const removeGroups = statementForMany(
  `WITH ${["topic", "member", "mute", "ban", "application", "group_attribute"]
    .map((table) => `of_${table} AS (DELETE FROM ${table} WHERE app = $1 AND group_id = ANY ($2::text[]))`)
    .join(", ")}
   DELETE FROM chat_group WHERE app = $1 AND group_id = ANY ($2::text[])`,
  { values: joined, claims: 1 },
);
const raiseAlarm = statement(
  `INSERT INTO growth_alarm (app, day) VALUES ($1, $2)
   ON CONFLICT (app) DO UPDATE SET day = excluded.day WHERE growth_alarm.day < excluded.day RETURNING 1`,
);

/** Writes that are one transaction's. */
export interface OpenWrites {
  readonly writes: GroupWrites;
  /** Sends what was kept back so that others wait no longer for it than the commit takes. */
  finish(): void;
}

/**
 * Writes an app's groups in a transaction. What nobody has to wait for is only sent, so that it costs no way to the
 * server of its own. `onEnqueued` hears of each callback that was given its number; whether that stands is decided by
 * the commit.
 */
export function openGroupWrites(
  tx: PostgresTransaction,
  app: number,
  onEnqueued: (added: CommittedCallback) => void,
  notices: NoticeWrites,
): OpenWrites {
  const reads = groupReads(tx, app);
  const tallies = createTallies(app);
  const enqueue = createEnqueue(tx, app, tallies, onEnqueued);
  /** The types of groups whose rows this transaction holds. */
  const types = new Map<string, string>();

  const push = (to: PostgresStatement, ...values: readonly PostgresValue[]): void => tx.push(to, app, ...values);

  function hold(held: Group): Group {
    types.set(held.groupId, held.type);
    return held;
  }

  async function heldGroup(groupId: string): Promise<Group | undefined> {
    const row = first(await tx.all<GroupRow>(lockedGroup, app, groupId));
    return row && hold(toGroup(row));
  }

  async function typeOf(groupId: string): Promise<string | undefined> {
    return types.get(groupId) ?? (await heldGroup(groupId))?.type;
  }

  const writes: GroupWrites = {
    ...reads,
    group: heldGroup,
    async joinedGroups(userId) {
      const rows = await tx.all<GroupRow & MemberRow>(joinedGroups, app, userId);
      return rows.map((row) => ({ group: hold(toGroup(row)), member: toMember(row) }));
    },
    async ownedGroups(userId) {
      return (await tx.all<GroupRow>(ownedGroups, app, userId)).map((row) => hold(toGroup(row)));
    },
    async groupCount(type) {
      const own = type === undefined ? tallies.ofAll(groupsOfType("")) : tallies.of(groupsOfType(type));
      return (await reads.groupCount(type)) + own;
    },
    async growth(day) {
      const { net, alarmed } = await reads.growth(day);
      return { net: net + tallies.of(growthOf(day)), alarmed };
    },
    async putAccount({ userId, nick, faceUrl }) {
      push(putAccount, userId, nick, faceUrl);
    },
    async removeAccount(userId) {
      return (await tx.all(removeAccount, app, userId)).length > 0;
    },
    async setKickedAt(userId, time) {
      push(setKickedAt, userId, time);
    },
    async addGroup(added, members = []) {
      hold(added);
      tallies.count(groupsOfType(added.type), 1);
      const columns = [added.groupId, ...groupValues(added), members.length].map((column) => [column]);
      push(addGroups, ...columns, ...memberLists(added.groupId, members));
    },
    async changeGroup(changed) {
      const before = await typeOf(changed.groupId);
      if (before === undefined) return;
      if (before !== changed.type) {
        tallies.count(groupsOfType(before), -1);
        tallies.count(groupsOfType(changed.type), 1);
        hold(changed);
      }
      push(changeGroup, changed.groupId, ...groupValues(changed));
    },
    async addMembers(groupId, members) {
      push(addMembers, groupId, ...memberLists(groupId, members));
    },
    async changeMember(groupId, member) {
      push(changeMember, groupId, member.userId, ...memberValues(member));
    },
    async removeMembers(groupId, userIds) {
      notices.endStays(groupId, userIds);
      push(removeMembers, groupId, userIds);
    },
    async setMutes(groupId, topicId, mutes) {
      const { set, lifted } = split(mutes);
      if (set.userIds.length > 0) push(setMutes, groupId, topicId, set.userIds, set.until);
      if (lifted.length > 0) push(liftMutes, groupId, topicId, lifted);
    },
    async setBans(groupId, bans) {
      const { set, lifted } = split(bans);
      if (set.userIds.length > 0) push(setBans, groupId, set.userIds, set.until);
      if (lifted.length > 0) push(liftBans, groupId, lifted);
    },
    async putApplication({ groupId, userId, inviter, note, time }) {
      push(putApplication, groupId, userId, inviter, note, time);
    },
    async removeApplication(groupId, userId) {
      push(removeApplication, groupId, userId);
    },
    async setAttributes(groupId, attributes) {
      push(setAttributes, groupId, JSON.stringify(attributes));
    },
    async removeGroup(groupId) {
      const type = await typeOf(groupId);
      if (type !== undefined) tallies.count(groupsOfType(type), -1);
      types.delete(groupId);
      notices.endStays(groupId);
      push(removeGroups, [groupId]);
    },
    async addTopic(topic) {
      push(addTopic, topic.groupId, topic.topicId, ...topicValues(topic));
    },
    async changeTopic(topic) {
      push(changeTopic, topic.groupId, topic.topicId, ...topicValues(topic));
    },
    async removeTopic(groupId, topicId) {
      push(removeTopic, groupId, topicId);
    },
    async addGrowth(day, by) {
      tallies.count(growthOf(day), by);
    },
    async raiseAlarm(day) {
      return (await tx.all(raiseAlarm, app, day)).length > 0;
    },
    async enqueue(callback) {
      enqueue(callback);
    },
    get hasListeners() {
      return notices.isHeard;
    },
    async addNotice(notice) {
      notices.add(notice);
    },
  };
  return {
    writes,
    finish() {
      notices.finish();
      tallies.write(tx);
    },
  };
}

/** Those that are set, of each user the last, and the users of those that are lifted. */
function split(ends: readonly { readonly userId: string; readonly until: number }[]): {
  readonly set: { readonly userIds: string[]; readonly until: number[] };
  readonly lifted: string[];
} {
  const last = new Map(ends.map(({ userId, until }) => [userId, until]));
  const set = [...last].filter(([, until]) => until !== 0);
  return {
    set: { userIds: set.map(([userId]) => userId), until: set.map(([, until]) => until) },
    lifted: [...last].filter(([, until]) => until === 0).map(([userId]) => userId),
  };
}

/** What members' rows hold, column by column, the group's id and the users' first. */
function memberLists(groupId: string, members: readonly Member[]): (string | number)[][] {
  const rows = members.map((member) => [groupId, member.userId, ...memberValues(member)]);
  return [0, 1, 2, 3, 4, 5, 6, 7].map((i) => rows.flatMap((row) => row[i] ?? []));
}
