import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { Ban, Fields, Mute } from "../../group/group.ts";
import type { GroupReads } from "../../ports/store.ts";
import { perApp } from "../per-app.ts";
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

/** Reads every app's groups over one connection; each statement is prepared once. */
export function createGroupReads(db: DatabaseSync): (sdkAppId: number) => GroupReads {
  const missing = db.prepare(
    "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM account WHERE app = ? AND user_id = json_each.value)",
  );
  const kickedAt = db.prepare("SELECT kicked_at FROM account WHERE app = ? AND user_id = ?");

  const group = db.prepare("SELECT * FROM chat_group WHERE app = ? AND group_id = ?");
  const groupPage = db.prepare(
    "SELECT created, group_id FROM chat_group WHERE app = ? AND created > ? ORDER BY created LIMIT ?",
  );
  const groupPageOfType = db.prepare(
    "SELECT created, group_id FROM chat_group WHERE app = ? AND created > ? AND type = ? ORDER BY created LIMIT ?",
  );
  const groupCount = db.prepare("SELECT sum(n) AS n FROM group_count WHERE app = ?");
  const groupCountOfType = db.prepare("SELECT n FROM group_count WHERE app = ? AND type = ?");
  const growth = db.prepare("SELECT net, alarmed FROM group_growth WHERE app = ? AND day = ?");
  const joinedGroups = db.prepare(
    `SELECT chat_group.*, ${MEMBER_COLUMNS} FROM member JOIN chat_group USING (app, group_id)
     WHERE member.app = ? AND member.user_id = ? ORDER BY member.joined`,
  );
  const usersInGroups = db.prepare(
    `SELECT value FROM json_each(?1)
     WHERE ?3 <= 0 OR EXISTS (SELECT 1 FROM member WHERE app = ?2 AND user_id = json_each.value LIMIT 1 OFFSET ?3 - 1)`,
  );
  const ownedGroups = db.prepare("SELECT * FROM chat_group WHERE app = ? AND owner = ? ORDER BY created");
  const attributes = db.prepare("SELECT attributes FROM group_attribute WHERE app = ? AND group_id = ?");
  const bans = db.prepare(
    "SELECT user_id, until FROM ban WHERE app = ? AND group_id = ? AND until > ? ORDER BY user_id LIMIT ? OFFSET ?",
  );

  const mutes = db.prepare(
    "SELECT user_id, until FROM mute WHERE app = ? AND group_id = ? AND topic_id = ? AND until > ? ORDER BY user_id",
  );
  const mutesOf = db.prepare("SELECT topic_id, until FROM mute WHERE app = ? AND group_id = ? AND user_id = ?");
  const banned = db.prepare("SELECT 1 FROM ban WHERE app = ? AND group_id = ? AND user_id = ? AND until > ?");
  const applications = db.prepare("SELECT * FROM application WHERE app = ? AND group_id = ? ORDER BY applied");
  const application = db.prepare("SELECT * FROM application WHERE app = ? AND group_id = ? AND user_id = ?");

  const members = db.prepare(
    `SELECT ${MEMBER_COLUMNS} FROM member INDEXED BY member_order WHERE app = ? AND group_id = ? ORDER BY joined`,
  );
  const memberIds = db.prepare(
    "SELECT user_id, role FROM member INDEXED BY member_order WHERE app = ? AND group_id = ? ORDER BY joined",
  );
  const memberPage = db.prepare(
    `SELECT ${MEMBER_COLUMNS} FROM member INDEXED BY member_order
     WHERE app = ? AND group_id = ? AND joined > ? AND role IN (SELECT value FROM json_each(?))
     ORDER BY joined LIMIT ? OFFSET ?`,
  );
  const member = db.prepare(`SELECT ${MEMBER_COLUMNS} FROM member WHERE app = ? AND group_id = ? AND user_id = ?`);
  const memberCount = db.prepare("SELECT member_count AS n FROM chat_group WHERE app = ? AND group_id = ?");
  // CROSS: each of those named is looked up, and not the whole group walked through.
  const membersAmong = db.prepare(
    "SELECT user_id FROM json_each(?) CROSS JOIN member ON app = ? AND group_id = ? AND user_id = json_each.value",
  );
  const muted = db.prepare(
    `SELECT ${MEMBER_COLUMNS} FROM member INDEXED BY member_muted
     WHERE app = ? AND group_id = ? AND muted_until > 0 AND muted_until > ? ORDER BY joined`,
  );

  const topics = db.prepare("SELECT * FROM topic WHERE app = ? AND group_id = ? ORDER BY created");
  const topic = db.prepare("SELECT * FROM topic WHERE app = ? AND group_id = ? AND topic_id = ?");
  const topicCount = db.prepare("SELECT count(*) AS n FROM topic WHERE app = ? AND group_id = ?");

  return perApp((app) => ({
    async missingAccounts(userIds) {
      if (userIds.length === 0) return [];
      return all<{ value: string }>(missing, JSON.stringify(userIds), app).map(({ value }) => value);
    },
    async kickedAt(userId) {
      return one<{ kicked_at: number }>(kickedAt, app, userId)?.kicked_at ?? 0;
    },
    async group(groupId) {
      const row = one<GroupRow>(group, app, groupId);
      return row && toGroup(row);
    },
    async groupPage({ type, after, limit }) {
      const rows =
        type === undefined
          ? all<Pick<GroupRow, "created" | "group_id">>(groupPage, app, after, limit)
          : all<Pick<GroupRow, "created" | "group_id">>(groupPageOfType, app, after, type, limit);
      return { groupIds: rows.map(({ group_id }) => group_id), next: rows.at(-1)?.created ?? after };
    },
    async groupCount(type) {
      const row =
        type === undefined ? one<{ n: number | null }>(groupCount, app) : one<Count>(groupCountOfType, app, type);
      return row?.n ?? 0;
    },
    async growth(day) {
      const row = one<{ net: number; alarmed: number }>(growth, app, day);
      return { net: row?.net ?? 0, alarmed: row?.alarmed === 1 };
    },
    async joinedGroups(userId) {
      return all<GroupRow & MemberRow>(joinedGroups, app, userId).map((row) => ({
        group: toGroup(row),
        member: toMember(row),
      }));
    },
    async usersInGroups(userIds, atLeast) {
      if (userIds.length === 0) return [];
      const rows = all<{ value: string }>(usersInGroups, JSON.stringify(userIds), app, atLeast);
      return rows.map(({ value }) => value);
    },
    async ownedGroups(userId) {
      return all<GroupRow>(ownedGroups, app, userId).map(toGroup);
    },
    async members(groupId) {
      return ownerFirst(all<MemberRow>(members, app, groupId)).map(toMember);
    },
    async memberIds(groupId) {
      const rows = ownerFirst(all<Pick<MemberRow, "user_id" | "role">>(memberIds, app, groupId));
      return rows.map(({ user_id }) => user_id);
    },
    async memberPage(groupId, { roles = ["Owner", "Admin", "Member"], after, offset, limit }) {
      const rows = all<MemberRow>(memberPage, app, groupId, after, JSON.stringify(roles), limit, offset);
      return { members: rows.map(toMember), next: rows.at(-1)?.joined ?? after };
    },
    async member(groupId, userId) {
      const row = one<MemberRow>(member, app, groupId, userId);
      return row && toMember(row);
    },
    async memberCount(groupId) {
      return one<Count>(memberCount, app, groupId)?.n ?? 0;
    },
    async membersAmong(groupId, userIds) {
      if (userIds.length === 0) return [];
      const rows = all<{ user_id: string }>(membersAmong, JSON.stringify(userIds), app, groupId);
      return rows.map(({ user_id }) => user_id);
    },
    async mutedMembers(groupId, now) {
      return all<MemberRow>(muted, app, groupId, now).map(toMember);
    },
    async mutes(groupId, topicId, now) {
      const rows = all<{ user_id: string; until: number }>(mutes, app, groupId, topicId, now);
      return rows.map(({ user_id, until }): Mute => ({ userId: user_id, until }));
    },
    async mutesOf(groupId, userId) {
      const rows = all<{ topic_id: string; until: number }>(mutesOf, app, groupId, userId);
      return new Map(rows.map(({ topic_id, until }) => [topic_id, until]));
    },
    async bans(groupId, now, limit, offset) {
      const rows = all<{ user_id: string; until: number }>(bans, app, groupId, now, limit, offset);
      return rows.map(({ user_id, until }): Ban => ({ userId: user_id, until }));
    },
    async applications(groupId) {
      return all<ApplicationRow>(applications, app, groupId).map(toApplication);
    },
    async application(groupId, userId) {
      const row = one<ApplicationRow>(application, app, groupId, userId);
      return row && toApplication(row);
    },
    async isBanned(groupId, userId, now) {
      return one(banned, app, groupId, userId, now) !== undefined;
    },
    async attributes(groupId) {
      const row = one<{ attributes: string }>(attributes, app, groupId);
      return row ? (JSON.parse(row.attributes) as Fields) : {};
    },
    async topics(groupId) {
      return all<TopicRow>(topics, app, groupId).map(toTopic);
    },
    async topic(groupId, topicId) {
      const row = one<TopicRow>(topic, app, groupId, topicId);
      return row && toTopic(row);
    },
    async topicCount(groupId) {
      return one<Count>(topicCount, app, groupId)?.n ?? 0;
    },
  }));
}

function ownerFirst<Row extends { readonly role: string }>(rows: Row[]): Row[] {
  const at = rows.findIndex(({ role }) => role === "Owner");
  if (at > 0) rows.unshift(...rows.splice(at, 1));
  return rows;
}

interface Count {
  readonly n: number;
}

type Parameters = (string | number | null)[];

/** The row's shape is the statement's, which stands beside the call. */
export function one<Row>(statement: StatementSync, ...parameters: Parameters): Row | undefined {
  return statement.get(...parameters) as Row | undefined;
}

export function all<Row>(statement: StatementSync, ...parameters: Parameters): Row[] {
  return statement.all(...parameters) as Row[];
}
