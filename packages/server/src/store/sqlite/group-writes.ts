import type { DatabaseSync } from "node:sqlite";

import type { CommittedCallback, GroupWrites, NewCallback } from "../../ports.ts";
import { createGroupReads, one } from "./group-reads.ts";

/**
 * Writes every app's groups over the writing connection. `onEnqueued` hears of each callback that was given
 * its number; whether that stands is decided by the commit.
 */
export function createGroupWrites(
  db: DatabaseSync,
  onEnqueued: (added: CommittedCallback) => void,
): (sdkAppId: number) => GroupWrites {
  const reads = createGroupReads(db);
  const putAccount = db.prepare(
    `INSERT INTO account (app, user_id, nick, face_url) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET nick = excluded.nick, face_url = excluded.face_url`,
  );
  const addGroup = db.prepare(
    `INSERT INTO chat_group (app, group_id, type, name, introduction, notification, face_url, owner, create_time,
       last_info_time, max_members, apply_join_option, invite_join_option, support_topic, custom_fields)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const addMember = db.prepare("INSERT INTO member (app, group_id, user_id, role, join_time) VALUES (?, ?, ?, ?, ?)");
  const addTopic = db.prepare(
    `INSERT INTO topic (app, group_id, topic_id, name, introduction, notification, face_url, custom_string, creator,
       create_time) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const removeTopic = db.prepare("DELETE FROM topic WHERE app = ? AND group_id = ? AND topic_id = ?");
  const removeGroup = ["topic", "member", "chat_group"].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE app = ? AND group_id = ?`),
  );
  const nextNumber = db.prepare(
    `INSERT INTO lane (app, lane, last, settled, due) VALUES (?, ?, 1, 0, ?)
     ON CONFLICT DO UPDATE SET last = last + 1, due = coalesce(due, excluded.due)
     RETURNING last AS sequence, settled`,
  );
  const addCallback = db.prepare(
    `INSERT INTO outbox (app, lane, sequence, id, command, body, client_ip, platform, accepted_at, state, attempts)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0)`,
  );

  function enqueue(app: number, callback: NewCallback): void {
    const { id, lane, command, body, clientIp, platform, acceptedAt } = callback;
    const numbered = one<{ sequence: number; settled: number }>(nextNumber, app, lane, acceptedAt);
    if (!numbered) throw new TypeError("a lane gave no number");
    const { sequence, settled } = numbered;
    const added = addCallback.run(app, lane, sequence, id, command, body, clientIp, platform, acceptedAt);
    const position = Number(added.lastInsertRowid);
    onEnqueued({
      callback: { ...callback, sdkAppId: app, position, sequence, attempts: 0 },
      isHead: settled === sequence - 1,
    });
  }

  return (app) => ({
    ...reads(app),
    async putAccount({ userId, nick, faceUrl }) {
      putAccount.run(app, userId, nick, faceUrl);
    },
    async addGroup(group) {
      addGroup.run(
        app,
        group.groupId,
        group.type,
        group.name,
        group.introduction,
        group.notification,
        group.faceUrl,
        group.owner,
        group.createTime,
        group.lastInfoTime,
        group.maxMembers,
        group.applyJoinOption,
        group.inviteJoinOption,
        group.supportTopic ? 1 : 0,
        JSON.stringify(group.customFields),
      );
    },
    async addMembers(groupId, members) {
      for (const { userId, role, joinTime } of members) addMember.run(app, groupId, userId, role, joinTime);
    },
    async removeGroup(groupId) {
      for (const statement of removeGroup) statement.run(app, groupId);
    },
    async addTopic(topic) {
      addTopic.run(
        app,
        topic.groupId,
        topic.topicId,
        topic.name,
        topic.introduction,
        topic.notification,
        topic.faceUrl,
        topic.customString,
        topic.creator,
        topic.createTime,
      );
    },
    async removeTopic(groupId, topicId) {
      removeTopic.run(app, groupId, topicId);
    },
    async enqueue(callback) {
      enqueue(app, callback);
    },
  });
}
