import type { GroupCommit } from "@muster/foundation";
import type { NoticeFrame } from "@muster/protocol";
import type { DatabaseSync } from "node:sqlite";

import type { Notice, NoticeLog } from "../../ports/notice-log.ts";
import { isTooMuch, type MissedCount } from "../missed-count.ts";
import { all, one } from "./group-reads.ts";

/** Apps that are listened to, and when that was last noted, in ms since 1970. */
export type Listeners = Map<number, number>;

/** How often it is noted that an app is listened to, in ms. */
const NOTED_EVERY = 3_600_000;

/** Most rows of a table that are forgotten in one transaction. */
const FORGOTTEN_AT_ONCE = 500;
/** By so much, in ms, notices may be out of the order of their times: a command takes the time when it begins. */
const DISORDER = 60_000;

/** The apps that are listened to, as the last process left them. */
export function readListeners(reader: DatabaseSync): Listeners {
  const rows = all<{ app: number; heard_at: number }>(reader.prepare("SELECT app, heard_at FROM listener"));
  return new Map(rows.map(({ app, heard_at }) => [app, heard_at]));
}

/** Reads what is committed of what app users were told. */
export function createNoticeLog(
  writer: DatabaseSync,
  reader: DatabaseSync,
  commits: GroupCommit,
  listeners: Listeners,
  onCommitted: (listener: (added: readonly Notice[]) => void) => void,
): NoticeLog {
  const last = reader.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'notice'");
  const oldest = reader.prepare("SELECT min(position) AS position FROM notice");
  const listener = reader.prepare("SELECT since FROM listener WHERE app = ?");
  const noteListener = writer.prepare(
    `INSERT INTO listener (app, since, heard_at)
     VALUES (?, (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'notice'), ?)
     ON CONFLICT DO UPDATE SET heard_at = excluded.heard_at`,
  );

  const membersThen = reader.prepare(
    `SELECT user_id FROM (SELECT user_id FROM member WHERE app = ?1 AND group_id = ?2 AND since < ?3 LIMIT ?5)
     UNION ALL
     SELECT user_id FROM (SELECT user_id FROM stay WHERE app = ?1 AND group_id = ?2 AND until >= ?4 AND since < ?3
       LIMIT ?5)`,
  );
  const thoseThen = reader.prepare(
    `SELECT value AS user_id FROM json_each(?5)
     WHERE EXISTS (SELECT 1 FROM member WHERE app = ?1 AND group_id = ?2 AND user_id = value AND since < ?3)
       OR EXISTS (SELECT 1 FROM stay
         WHERE app = ?1 AND user_id = value AND group_id = ?2 AND since < ?3 AND until >= ?4)`,
  );

  // As a member, as one who has left, named, and as one who is in a room: parameters are app, user, after and rooms.
  const MISSED = `
    SELECT notice.position, frame FROM member JOIN notice USING (app, group_id)
      WHERE app = ?1 AND user_id = ?2 AND notice.position > max(?3, member.since) AND audience = 'members'
    UNION ALL
    SELECT notice.position, frame FROM stay JOIN notice USING (app, group_id)
      WHERE app = ?1 AND user_id = ?2 AND notice.position > max(?3, stay.since) AND notice.change <= stay.until
        AND audience = 'members'
    UNION ALL
    SELECT notice.position, frame FROM notice_user JOIN notice USING (app, position)
      WHERE app = ?1 AND user_id = ?2 AND notice.position > ?3
    UNION ALL
    SELECT notice.position, frame FROM json_each(?4) AS room
      JOIN notice ON app = ?1 AND group_id = room.value ->> 0 AND notice.position > max(?3, room.value ->> 1)
      WHERE audience = 'room'`;
  const countMissed = reader.prepare(
    `SELECT count(*) AS notices, coalesce(sum(octet_length(frame)), 0) AS bytes FROM (${MISSED} LIMIT ?5)`,
  );
  const missed = reader.prepare(`SELECT DISTINCT position, frame FROM (${MISSED}) ORDER BY position`);
  const hasLeft = reader.prepare(
    `SELECT 1 FROM notice_user JOIN notice USING (app, position)
     WHERE app = ? AND user_id = ? AND position > ? AND group_id = ? AND audience = 'room' LIMIT 1`,
  );

  const removeListeners = writer.prepare("DELETE FROM listener WHERE heard_at < ? RETURNING app");
  const oldNotices = writer.prepare("SELECT position, at FROM notice ORDER BY position LIMIT ?");
  const newestNotice = writer.prepare("SELECT at FROM notice WHERE at > 0 ORDER BY position DESC LIMIT 1");
  const removeNotices = writer.prepare("DELETE FROM notice WHERE position <= ?");
  const removeUsers = writer.prepare("DELETE FROM notice_user WHERE position <= ?");
  const oldestWritten = writer.prepare("SELECT min(position) AS position FROM notice");
  const oldStays = writer.prepare("SELECT ended, until FROM stay ORDER BY ended LIMIT ?");
  const removeStays = writer.prepare("DELETE FROM stay WHERE ended <= ?");

  function lastPosition(): number {
    return one<{ seq: number }>(last)?.seq ?? 0;
  }

  /**
   * Writes what changes listeners. They are changed inside the transaction, for what else is in it; where that comes to nothing
   * they are as they were before: an app that is listened to on disk alone would not be told of what it missed.
   */
  async function keep<T>(before: ReadonlyMap<number, number | undefined>, work: () => T): Promise<T> {
    try {
      return await commits.write(work);
    } catch (error) {
      for (const [app, noted] of before) {
        if (noted === undefined) listeners.delete(app);
        else listeners.set(app, noted);
      }
      throw error;
    }
  }

  /** Everything behind this position is there; `undefined` where nothing was kept for the app. */
  function keptSince(app: number): number | undefined {
    const since = one<{ since: number }>(listener, app)?.since;
    const first = one<{ position: number | null }>(oldest)?.position ?? lastPosition() + 1;
    return since === undefined ? undefined : Math.max(since, first - 1);
  }

  /**
   * Removes notices from the front, as far as they are older; stays that end with them go as well. One whose time is behind that
   * of the newest is of a clock that was ahead: those after it would be kept until that time has come.
   */
  function forgetNotices(before: number): boolean {
    const rows = all<{ position: number; at: number }>(oldNotices, FORGOTTEN_AT_ONCE);
    const newest = (one<{ at: number }>(newestNotice)?.at ?? 0) + DISORDER;
    const young = rows.findIndex(({ at }) => at >= before && at <= newest);
    const old = young === -1 ? rows : rows.slice(0, young);
    const lastOld = old.at(-1)?.position;
    if (lastOld !== undefined) {
      removeNotices.run(lastOld);
      removeUsers.run(lastOld);
    }
    return old.length === FORGOTTEN_AT_ONCE;
  }

  function forgetStays(): boolean {
    const first = one<{ position: number | null }>(oldestWritten)?.position ?? Number.MAX_SAFE_INTEGER;
    const rows = all<{ ended: number; until: number }>(oldStays, FORGOTTEN_AT_ONCE);
    const needed = rows.findIndex(({ until }) => until >= first);
    const over = needed === -1 ? rows : rows.slice(0, needed);
    const lastOver = over.at(-1)?.ended;
    if (lastOver !== undefined) removeStays.run(lastOver);
    return over.length === FORGOTTEN_AT_ONCE;
  }

  return {
    onCommitted,
    async listen(app, now) {
      const noted = listeners.get(app);
      if (noted !== undefined && now - noted < NOTED_EVERY) return;
      await keep(new Map([[app, noted]]), () => {
        noteListener.run(app, now);
        listeners.set(app, now);
      });
    },
    async position() {
      // One order of all apps is one of each as well.
      return lastPosition();
    },
    async recipients({ sdkAppId, groupId, position, change }, users) {
      // Whichever is less to look at: the group's members, or those who ask.
      const members = all<UserRow>(membersThen, sdkAppId, groupId, position, change, users.length + 1);
      const rows =
        members.length <= users.length
          ? members
          : all<UserRow>(thoseThen, sdkAppId, groupId, position, change, JSON.stringify(users));
      return rows.map(({ user_id }) => user_id);
    },
    async missed(app, userId, after, rooms, limit) {
      const position = lastPosition();
      const since = keptSince(app);
      if (since === undefined || after < since || after > position) return { complete: false, position };
      const which = [app, userId, after, JSON.stringify(rooms)] as const;
      const count = one<MissedCount>(countMissed, ...which, limit.notices + 1);
      if (isTooMuch(count, limit)) return { complete: false, position };
      const rows = all<{ position: number; frame: string }>(missed, ...which);
      const frames = rows.map((row) => ({ ...(JSON.parse(row.frame) as NoticeFrame), position: row.position }));
      return { complete: true, frames };
    },
    async hasLeft(app, userId, groupId, after) {
      return one(hasLeft, app, userId, after, groupId) !== undefined;
    },
    async forget(before) {
      const removed = new Map<number, number | undefined>();
      return await keep(removed, () => {
        for (const { app } of all<{ app: number }>(removeListeners, before)) {
          removed.set(app, listeners.get(app));
          listeners.delete(app);
        }
        const moreNotices = forgetNotices(before);
        const moreStays = forgetStays();
        return moreNotices || moreStays;
      });
    },
  };
}

interface UserRow {
  readonly user_id: string;
}
