import { statement, type PostgresQueries, type PostgresStatement } from "@muster/foundation";

import type { Ban, Fields, Mute } from "../../group/group.ts";
import type { GroupReads } from "../../ports/store.ts";
import { appOf, distinct, listOf, sameForAll, statementForMany } from "./for-many.ts";
import {
  MEMBER_COLUMNS,
  toApplication,
  toGroup,
  toMember,
  toTopic,
  type ApplicationRow,
  type GroupRow,
  type MemberRow,
  type TopicRow,
} from "../rows.ts";

/** Groups with more members are not read, nor disbanded, together with others, who would wait for it. */
const MOST_TOGETHER = 1_000;

// Each is looked up by itself, whatever the database believes: a join may read an app's every row instead.
const missing = statementForMany(
  `SELECT asked.user_id FROM unnest($2::text[]) WITH ORDINALITY AS asked (user_id, place)
   WHERE (SELECT 1 FROM account WHERE app = $1 AND account.user_id = asked.user_id) IS NULL ORDER BY place`,
  { values: (all) => [appOf(all), distinct(listOf(all, 1))], whose: { column: "user_id", parameter: 1 } },
);
const kickedAt = statement("SELECT kicked_at FROM account WHERE app = $1 AND user_id = $2");

const group = statement("SELECT * FROM chat_group WHERE app = $1 AND group_id = $2");
const groupPage = statement(
  "SELECT created, group_id FROM chat_group WHERE app = $1 AND created > $2 ORDER BY created LIMIT $3",
);
const groupPageOfType = statement(
  "SELECT created, group_id FROM chat_group WHERE app = $1 AND created > $2 AND type = $3 ORDER BY created LIMIT $4",
);
const tally = sameForAll("SELECT sum(n)::bigint AS n FROM tally WHERE app = $1 AND kind = $2");
const groupCount = sameForAll(
  "SELECT sum(n)::bigint AS n FROM tally WHERE app = $1 AND kind >= 'groups:' AND kind < 'groups;'",
);
const growth = sameForAll(
  `SELECT (SELECT sum(n)::bigint FROM tally WHERE app = $1 AND kind = $2) AS net,
     EXISTS (SELECT 1 FROM growth_alarm WHERE app = $1 AND day = $3) AS alarmed`,
);
const joinedGroups = joinedGroupsStatement("");
const usersInGroups = statementForMany(
  `SELECT asked.user_id FROM unnest($2::text[]) WITH ORDINALITY AS asked (user_id, place)
   WHERE $3 <= 0 OR EXISTS (
     SELECT 1 FROM member WHERE app = $1 AND member.user_id = asked.user_id LIMIT 1 OFFSET greatest($3 - 1, 0)
   ) ORDER BY place`,
  {
    values: (all) => [appOf(all), distinct(listOf(all, 1)), all[0]?.[2] ?? null],
    whose: { column: "user_id", parameter: 1 },
    fits: ([, , atLeast], [, , other]) => atLeast === other,
  },
);
const ownedGroups = statement("SELECT * FROM chat_group WHERE app = $1 AND owner = $2 ORDER BY created");
const attributes = statement("SELECT attributes FROM group_attribute WHERE app = $1 AND group_id = $2");
const bans = statement(
  "SELECT user_id, until FROM ban WHERE app = $1 AND group_id = $2 AND until > $3 ORDER BY user_id LIMIT $4 OFFSET $5",
);

const mutes = statement(
  "SELECT user_id, until FROM mute WHERE app = $1 AND group_id = $2 AND topic_id = $3 AND until > $4 ORDER BY user_id",
);
const mutesOf = statement("SELECT topic_id, until FROM mute WHERE app = $1 AND group_id = $2 AND user_id = $3");
const banned = statement("SELECT 1 FROM ban WHERE app = $1 AND group_id = $2 AND user_id = $3 AND until > $4");
const applications = statement("SELECT * FROM application WHERE app = $1 AND group_id = $2 ORDER BY applied");
const application = statement("SELECT * FROM application WHERE app = $1 AND group_id = $2 AND user_id = $3");

const members = statement(`SELECT ${MEMBER_COLUMNS} FROM member WHERE app = $1 AND group_id = $2 ORDER BY joined`);
const memberIds = statementForMany(
  "SELECT user_id, role FROM member WHERE app = $1 AND group_id = $2 ORDER BY joined",
  {
    text: `SELECT asked.group_id, user_id, role FROM unnest($2::text[]) AS asked (group_id) CROSS JOIN LATERAL (
      SELECT user_id, role FROM member WHERE app = $1 AND group_id = asked.group_id ORDER BY joined LIMIT ${MOST_TOGETHER + 1}
    ) AS member`,
    values: (all) => [appOf(all), distinct(listOf(all, 1))],
    whose: { column: "group_id", parameter: 1 },
    most: MOST_TOGETHER,
  },
);
const memberPage = statement(
  `SELECT ${MEMBER_COLUMNS} FROM member
   WHERE app = $1 AND group_id = $2 AND joined > $3 AND role = ANY ($4::text[]) ORDER BY joined LIMIT $5 OFFSET $6`,
);
const member = statement(`SELECT ${MEMBER_COLUMNS} FROM member WHERE app = $1 AND group_id = $2 AND user_id = $3`);
const memberCount = statement("SELECT member_count AS n FROM chat_group WHERE app = $1 AND group_id = $2");
const membersAmong = statement(
  `SELECT DISTINCT asked.user_id FROM unnest($3::text[]) AS asked (user_id)
   WHERE (SELECT 1 FROM member WHERE app = $1 AND group_id = $2 AND member.user_id = asked.user_id) = 1`,
);
const muted = statement(
  `SELECT ${MEMBER_COLUMNS} FROM member
   WHERE app = $1 AND group_id = $2 AND muted_until > 0 AND muted_until > $3 ORDER BY joined`,
);

const topics = statement("SELECT * FROM topic WHERE app = $1 AND group_id = $2 ORDER BY created");
const topic = statement("SELECT * FROM topic WHERE app = $1 AND group_id = $2 AND topic_id = $3");
const topicCount = statement("SELECT count(*) AS n FROM topic WHERE app = $1 AND group_id = $2");

/** Reads an app's groups: what is committed, or inside a transaction what that has changed as well. */
export function groupReads(db: PostgresQueries, app: number): GroupReads {
  return {
    async missingAccounts(userIds) {
      if (userIds.length === 0) return [];
      return (await db.all<UserRow>(missing, app, userIds)).map(({ user_id }) => user_id);
    },
    async kickedAt(userId) {
      return first(await db.all<{ kicked_at: number }>(kickedAt, app, userId))?.kicked_at ?? 0;
    },
    async group(groupId) {
      const row = first(await db.all<GroupRow>(group, app, groupId));
      return row && toGroup(row);
    },
    async groupPage({ type, after, limit }) {
      const rows =
        type === undefined
          ? await db.all<Pick<GroupRow, "created" | "group_id">>(groupPage, app, after, limit)
          : await db.all<Pick<GroupRow, "created" | "group_id">>(groupPageOfType, app, after, type, limit);
      return { groupIds: rows.map(({ group_id }) => group_id), next: rows.at(-1)?.created ?? after };
    },
    async groupCount(type) {
      const rows =
        type === undefined ? await db.all<Count>(groupCount, app) : await db.all<Count>(tally, app, groupsOfType(type));
      return first(rows)?.n ?? 0;
    },
    async growth(day) {
      const rows = await db.all<{ net: number | null; alarmed: boolean }>(growth, app, growthOf(day), day);
      return { net: first(rows)?.net ?? 0, alarmed: first(rows)?.alarmed ?? false };
    },
    async joinedGroups(userId) {
      return (await db.all<GroupRow & MemberRow>(joinedGroups, app, userId)).map((row) => ({
        group: toGroup(row),
        member: toMember(row),
      }));
    },
    async usersInGroups(userIds, atLeast) {
      if (userIds.length === 0) return [];
      return (await db.all<UserRow>(usersInGroups, app, userIds, atLeast)).map(({ user_id }) => user_id);
    },
    async ownedGroups(userId) {
      return (await db.all<GroupRow>(ownedGroups, app, userId)).map(toGroup);
    },
    async members(groupId) {
      return ownerFirst(await db.all<MemberRow>(members, app, groupId)).map(toMember);
    },
    async memberIds(groupId) {
      const rows = ownerFirst(await db.all<Pick<MemberRow, "user_id" | "role">>(memberIds, app, groupId));
      return rows.map(({ user_id }) => user_id);
    },
    async memberPage(groupId, { roles = ["Owner", "Admin", "Member"], after, offset, limit }) {
      const rows = await db.all<MemberRow>(memberPage, app, groupId, after, roles, limit, offset);
      return { members: rows.map(toMember), next: rows.at(-1)?.joined ?? after };
    },
    async member(groupId, userId) {
      const row = first(await db.all<MemberRow>(member, app, groupId, userId));
      return row && toMember(row);
    },
    async memberCount(groupId) {
      return first(await db.all<Count>(memberCount, app, groupId))?.n ?? 0;
    },
    async membersAmong(groupId, userIds) {
      if (userIds.length === 0) return [];
      return (await db.all<UserRow>(membersAmong, app, groupId, userIds)).map(({ user_id }) => user_id);
    },
    async mutedMembers(groupId, now) {
      return (await db.all<MemberRow>(muted, app, groupId, now)).map(toMember);
    },
    async mutes(groupId, topicId, now) {
      const rows = await db.all<UserRow & { until: number }>(mutes, app, groupId, topicId, now);
      return rows.map(({ user_id, until }): Mute => ({ userId: user_id, until }));
    },
    async mutesOf(groupId, userId) {
      const rows = await db.all<{ topic_id: string; until: number }>(mutesOf, app, groupId, userId);
      return new Map(rows.map(({ topic_id, until }) => [topic_id, until]));
    },
    async bans(groupId, now, limit, offset) {
      const rows = await db.all<UserRow & { until: number }>(bans, app, groupId, now, limit, offset);
      return rows.map(({ user_id, until }): Ban => ({ userId: user_id, until }));
    },
    async applications(groupId) {
      return (await db.all<ApplicationRow>(applications, app, groupId)).map(toApplication);
    },
    async application(groupId, userId) {
      const row = first(await db.all<ApplicationRow>(application, app, groupId, userId));
      return row && toApplication(row);
    },
    async isBanned(groupId, userId, now) {
      return (await db.all(banned, app, groupId, userId, now)).length > 0;
    },
    async attributes(groupId) {
      const row = first(await db.all<{ attributes: string }>(attributes, app, groupId));
      return row ? (JSON.parse(row.attributes) as Fields) : {};
    },
    async topics(groupId) {
      return (await db.all<TopicRow>(topics, app, groupId)).map(toTopic);
    },
    async topic(groupId, topicId) {
      const row = first(await db.all<TopicRow>(topic, app, groupId, topicId));
      return row && toTopic(row);
    },
    async topicCount(groupId) {
      return first(await db.all<Count>(topicCount, app, groupId))?.n ?? 0;
    },
  };
}

/** A user's groups in the order of joining, each looked up by itself and, with a clause for that, locked. */
export function joinedGroupsStatement(locking: string): PostgresStatement {
  return statement(
    `SELECT chat_group.*, ${MEMBER_COLUMNS}
     FROM (SELECT * FROM member WHERE app = $1 AND user_id = $2 ORDER BY joined) AS member
     CROSS JOIN LATERAL (
       SELECT * FROM chat_group WHERE app = member.app AND group_id = member.group_id OFFSET 0 ${locking}
     ) AS chat_group`,
  );
}

/** The count of an app's groups of a type. */
export function groupsOfType(type: string): string {
  return `groups:${type}`;
}

/** The count by how much groups have become more on a day. */
export function growthOf(day: number): string {
  return `growth:${day}`;
}

function ownerFirst<Row extends { readonly role: string }>(rows: Row[]): Row[] {
  const at = rows.findIndex(({ role }) => role === "Owner");
  if (at > 0) rows.unshift(...rows.splice(at, 1));
  return rows;
}

interface Count {
  readonly n: number | null;
}

interface UserRow {
  readonly user_id: string;
}

/** The only row, where there is one. */
export function first<Row>(rows: readonly Row[]): Row | undefined {
  return rows[0];
}
