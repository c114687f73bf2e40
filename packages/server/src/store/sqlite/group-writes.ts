import type { DatabaseSync } from "node:sqlite";

import type { Member } from "../../group/group.ts";
import type { CommittedCallback, LaneKind, NewCallback } from "../../ports/outbox.ts";
import type { GroupWrites } from "../../ports/store.ts";
import { groupValues, memberValues, topicValues } from "../column-values.ts";
import { createGroupReads, one } from "./group-reads.ts";
import type { NoticeWrites } from "./notice-writes.ts";
import { perApp } from "../per-app.ts";
import type { AppUser } from "./remembered-kicks.ts";

/**
 * Writes every app's groups over the writing connection. `onEnqueued` hears of each callback that was given
 * its number, `onKicked` of each user whose UserSigs were made void or are forgotten; whether that stands is decided by
 * the commit.
 */
export function createGroupWrites(
  db: DatabaseSync,
  onEnqueued: (added: CommittedCallback) => void,
  onKicked: (user: AppUser) => void,
  notices: NoticeWrites,
): (sdkAppId: number) => GroupWrites {
  const reads = createGroupReads(db);
  const putAccount = db.prepare(
    `INSERT INTO account (app, user_id, nick, face_url) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET nick = excluded.nick, face_url = excluded.face_url`,
  );
  const removeAccount = db.prepare("DELETE FROM account WHERE app = ? AND user_id = ?");
  const setKickedAt = db.prepare("UPDATE account SET kicked_at = ? WHERE app = ? AND user_id = ?");
  const addGroup = db.prepare(
    `INSERT INTO chat_group (type, name, introduction, notification, face_url, owner, create_time, last_info_time,
       max_members, apply_join_option, invite_join_option, support_topic, mute_all, custom_fields, app, group_id)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const changeGroup = db.prepare(
    `UPDATE chat_group SET type = ?, name = ?, introduction = ?, notification = ?, face_url = ?, owner = ?,
       create_time = ?, last_info_time = ?, max_members = ?, apply_join_option = ?, invite_join_option = ?,
       support_topic = ?, mute_all = ?, custom_fields = ?
     WHERE app = ? AND group_id = ?`,
  );
  const addMember = db.prepare(
    `INSERT INTO member (role, join_time, name_card, msg_flag, muted_until, custom_fields, app, group_id, user_id, since)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const changeMember = db.prepare(
    `UPDATE member SET role = ?, join_time = ?, name_card = ?, msg_flag = ?, muted_until = ?, custom_fields = ?
     WHERE app = ? AND group_id = ? AND user_id = ?`,
  );
  const countMembers = db.prepare(
    "UPDATE chat_group SET member_count = member_count + ? WHERE app = ? AND group_id = ?",
  );
  const removeMember = db.prepare("DELETE FROM member WHERE app = ? AND group_id = ? AND user_id = ?");
  const setMute = db.prepare(
    `INSERT INTO mute (app, group_id, topic_id, user_id, until) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET until = excluded.until`,
  );
  const liftMute = db.prepare("DELETE FROM mute WHERE app = ? AND group_id = ? AND topic_id = ? AND user_id = ?");
  const liftMutesOf = db.prepare("DELETE FROM mute WHERE app = ? AND group_id = ? AND user_id = ?");
  const liftMutesIn = db.prepare("DELETE FROM mute WHERE app = ? AND group_id = ? AND topic_id = ?");
  const setBan = db.prepare(
    "INSERT INTO ban (app, group_id, user_id, until) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET until = excluded.until",
  );
  const putApplication = db.prepare(
    "INSERT OR REPLACE INTO application (app, group_id, user_id, inviter, note, time) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const removeApplication = db.prepare("DELETE FROM application WHERE app = ? AND group_id = ? AND user_id = ?");
  const removeApplicationsBy = db.prepare("DELETE FROM application WHERE app = ? AND user_id = ?");
  const setAttributes = db.prepare(
    `INSERT INTO group_attribute (app, group_id, attributes) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET attributes = excluded.attributes`,
  );
  const addTopic = db.prepare(
    `INSERT INTO topic (name, introduction, notification, face_url, custom_string, creator, create_time, mute_all, app,
       group_id, topic_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const changeTopic = db.prepare(
    `UPDATE topic SET name = ?, introduction = ?, notification = ?, face_url = ?, custom_string = ?, creator = ?,
       create_time = ?, mute_all = ? WHERE app = ? AND group_id = ? AND topic_id = ?`,
  );
  const removeTopic = db.prepare("DELETE FROM topic WHERE app = ? AND group_id = ? AND topic_id = ?");
  const removeGroup = ["topic", "member", "mute", "ban", "application", "group_attribute", "chat_group"].map((table) =>
    db.prepare(`DELETE FROM ${table} WHERE app = ? AND group_id = ?`),
  );
  const addGrowth = db.prepare(
    `INSERT INTO group_growth (app, day, net, alarmed) VALUES (?, ?, ?, 0)
     ON CONFLICT DO UPDATE SET day = excluded.day,
       net = CASE WHEN day = excluded.day THEN net + excluded.net ELSE excluded.net END,
       alarmed = day = excluded.day AND alarmed`,
  );
  const raiseAlarm = db.prepare("UPDATE group_growth SET alarmed = 1 WHERE app = ? AND day = ? AND NOT alarmed");
  const nextNumber = db.prepare(
    `INSERT INTO lane (app, lane, last, settled, due, kind) VALUES (?, ?, 1, 0, ?, ?)
     ON CONFLICT DO UPDATE SET last = last + 1, due = coalesce(due, excluded.due)
     RETURNING last AS sequence, settled`,
  );
  const addCallback = db.prepare(
    `INSERT INTO outbox (app, lane, sequence, id, command, body, client_ip, platform, accepted_at, replay_of,
       replay_sequence, traceparent)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const countAccepted = db.prepare(
    `INSERT INTO ledger (app, accepted, delivered, dead, cancelled) VALUES (?, 1, 0, 0, 0)
     ON CONFLICT DO UPDATE SET accepted = accepted + 1`,
  );

  function enqueue(app: number, callback: NewCallback): void {
    const { id, lane, command, body, clientIp, platform, acceptedAt, replayOf, traceparent } = callback;
    const kind: LaneKind = replayOf === undefined ? "fresh" : "replay";
    const numbered = one<{ sequence: number; settled: number }>(nextNumber, app, lane, acceptedAt, kind);
    if (!numbered) throw new TypeError("a lane gave no number");
    const { sequence, settled } = numbered;
    const added = addCallback.run(
      app,
      lane,
      sequence,
      id,
      command,
      body,
      clientIp,
      platform,
      acceptedAt,
      replayOf?.position ?? null,
      replayOf?.sequence ?? null,
      traceparent ?? null,
    );
    if (replayOf === undefined) countAccepted.run(app);
    const position = Number(added.lastInsertRowid);
    onEnqueued({
      callback: { ...callback, sdkAppId: app, position, sequence, attempts: 0 },
      isHead: settled === sequence - 1,
    });
  }

  function putMembers(app: number, groupId: string, members: readonly Member[]): void {
    const since = notices.last();
    for (const member of members) addMember.run(...memberValues(member), app, groupId, member.userId, since);
    countMembers.run(members.length, app, groupId);
  }

  return perApp((app) => ({
    ...reads(app),
    async putAccount({ userId, nick, faceUrl }) {
      putAccount.run(app, userId, nick, faceUrl);
    },
    async removeAccount(userId) {
      removeApplicationsBy.run(app, userId);
      onKicked({ app, userId });
      return removeAccount.run(app, userId).changes > 0;
    },
    async setKickedAt(userId, time) {
      setKickedAt.run(time, app, userId);
      onKicked({ app, userId });
    },
    async addGroup(group, members = []) {
      addGroup.run(...groupValues(group), app, group.groupId);
      if (members.length > 0) putMembers(app, group.groupId, members);
    },
    async changeGroup(group) {
      changeGroup.run(...groupValues(group), app, group.groupId);
    },
    async addMembers(groupId, members) {
      putMembers(app, groupId, members);
    },
    async changeMember(groupId, member) {
      changeMember.run(...memberValues(member), app, groupId, member.userId);
    },
    async removeMembers(groupId, userIds) {
      let removed = 0;
      for (const userId of userIds) {
        notices.endStay(app, groupId, userId);
        liftMutesOf.run(app, groupId, userId);
        removed += Number(removeMember.run(app, groupId, userId).changes);
      }
      countMembers.run(-removed, app, groupId);
    },
    async setMutes(groupId, topicId, mutes) {
      for (const { userId, until } of mutes) {
        if (until === 0) liftMute.run(app, groupId, topicId, userId);
        else setMute.run(app, groupId, topicId, userId, until);
      }
    },
    async setBans(groupId, bans) {
      for (const { userId, until } of bans) setBan.run(app, groupId, userId, until);
    },
    async putApplication({ groupId, userId, inviter, note, time }) {
      putApplication.run(app, groupId, userId, inviter, note, time);
    },
    async removeApplication(groupId, userId) {
      removeApplication.run(app, groupId, userId);
    },
    async setAttributes(groupId, attributes) {
      setAttributes.run(app, groupId, JSON.stringify(attributes));
    },
    async removeGroup(groupId) {
      notices.endStays(app, groupId);
      for (const statement of removeGroup) statement.run(app, groupId);
    },
    async addTopic(topic) {
      addTopic.run(...topicValues(topic), app, topic.groupId, topic.topicId);
    },
    async changeTopic(topic) {
      changeTopic.run(...topicValues(topic), app, topic.groupId, topic.topicId);
    },
    async removeTopic(groupId, topicId) {
      liftMutesIn.run(app, groupId, topicId);
      removeTopic.run(app, groupId, topicId);
    },
    async addGrowth(day, by) {
      addGrowth.run(app, day, by);
    },
    async raiseAlarm(day) {
      return raiseAlarm.run(app, day).changes > 0;
    },
    async enqueue(callback) {
      enqueue(app, callback);
    },
    get hasListeners() {
      return notices.isHeard(app);
    },
    async addNotice(notice) {
      notices.add(app, notice);
    },
  }));
}
