import type { DatabaseSync, StatementSync } from "node:sqlite";

import type { GroupReads } from "../../ports.ts";
import { toGroup, toMember, toTopic, type GroupRow, type MemberRow, type TopicRow } from "./rows.ts";

/** Reads every app's groups over one connection; each statement is prepared once. */
export function createGroupReads(db: DatabaseSync): (sdkAppId: number) => GroupReads {
  const group = db.prepare("SELECT * FROM chat_group WHERE app = ? AND group_id = ?");
  const members = db.prepare(
    "SELECT user_id, role, join_time FROM member INDEXED BY member_order WHERE app = ? AND group_id = ? ORDER BY joined",
  );
  const member = db.prepare(
    "SELECT user_id, role, join_time FROM member WHERE app = ? AND group_id = ? AND user_id = ?",
  );
  const memberCount = db.prepare("SELECT count(*) AS n FROM member WHERE app = ? AND group_id = ?");
  const membersAmong = db.prepare(
    "SELECT user_id FROM json_each(?) JOIN member ON app = ? AND group_id = ? AND user_id = json_each.value",
  );
  const missing = db.prepare(
    "SELECT value FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM account WHERE app = ? AND user_id = json_each.value)",
  );
  const topics = db.prepare("SELECT * FROM topic WHERE app = ? AND group_id = ? ORDER BY created");
  const topic = db.prepare("SELECT * FROM topic WHERE app = ? AND group_id = ? AND topic_id = ?");
  const topicCount = db.prepare("SELECT count(*) AS n FROM topic WHERE app = ? AND group_id = ?");

  return (app) => ({
    async missingAccounts(userIds) {
      if (userIds.length === 0) return [];
      return all<{ value: string }>(missing, JSON.stringify(userIds), app).map(({ value }) => value);
    },
    async group(groupId) {
      const row = one<GroupRow>(group, app, groupId);
      return row && toGroup(row);
    },
    async members(groupId) {
      const rows = all<MemberRow>(members, app, groupId).map(toMember);
      return rows.toSorted((a, b) => Number(b.role === "Owner") - Number(a.role === "Owner"));
    },
    async member(groupId, userId) {
      const row = one<MemberRow>(member, app, groupId, userId);
      return row && toMember(row);
    },
    async memberCount(groupId) {
      return one<{ n: number }>(memberCount, app, groupId)?.n ?? 0;
    },
    async membersAmong(groupId, userIds) {
      if (userIds.length === 0) return [];
      return all<{ user_id: string }>(membersAmong, JSON.stringify(userIds), app, groupId).map(
        ({ user_id }) => user_id,
      );
    },
    async topics(groupId) {
      return all<TopicRow>(topics, app, groupId).map(toTopic);
    },
    async topic(groupId, topicId) {
      const row = one<TopicRow>(topic, app, groupId, topicId);
      return row && toTopic(row);
    },
    async topicCount(groupId) {
      return one<{ n: number }>(topicCount, app, groupId)?.n ?? 0;
    },
  });
}

type Parameters = (string | number | null)[];

/** The row's shape is the statement's, which stands beside the call. */
export function one<Row>(statement: StatementSync, ...parameters: Parameters): Row | undefined {
  return statement.get(...parameters) as Row | undefined;
}

export function all<Row>(statement: StatementSync, ...parameters: Parameters): Row[] {
  return statement.all(...parameters) as Row[];
}
