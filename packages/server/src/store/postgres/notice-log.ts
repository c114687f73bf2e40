import { statement, type Postgres } from "@muster/foundation";
import type { NoticeFrame } from "@muster/protocol";

import type { NoticeLog } from "../../ports/notice-log.ts";
import { isTooMuch, type MissedCount } from "../missed-count.ts";
import { first } from "./group-reads.ts";
import type { NoticeFeed } from "./notice-feed.ts";

/** How often it is noted that an app is listened to, in ms. */
const NOTED_EVERY = 3_600_000;

/** Most rows of a table that are forgotten in one transaction. */
const FORGOTTEN_AT_ONCE = 500;

const stand = statement(
  `SELECT coalesce(head.last, 0) AS last, greatest(listener.since, head.forgotten) AS since, listener.app IS NOT NULL AS heard
   FROM (VALUES ($1::bigint)) AS asked (app) LEFT JOIN notice_head AS head USING (app) LEFT JOIN listener USING (app)`,
);
const noteListener = statement(
  `INSERT INTO listener (app, since, heard_at)
   VALUES ($1, coalesce((SELECT last FROM notice_head WHERE app = $1), 0), $2)
   ON CONFLICT (app) DO UPDATE SET heard_at = excluded.heard_at`,
);

const membersThen = statement(
  `(SELECT user_id FROM member WHERE app = $1 AND group_id = $2 AND since < $3 LIMIT $5)
   UNION ALL
   (SELECT user_id FROM stay WHERE app = $1 AND group_id = $2 AND until >= $4 AND since < $3 LIMIT $5)`,
);
const thoseThen = statement(
  `SELECT user_id FROM unnest($5::text[]) AS asked (user_id)
   WHERE EXISTS (
     SELECT 1 FROM member
     WHERE app = $1 AND group_id = $2 AND member.user_id = asked.user_id AND since < $3
   ) OR EXISTS (
     SELECT 1 FROM stay
     WHERE app = $1 AND stay.user_id = asked.user_id AND group_id = $2 AND since < $3 AND until >= $4
   )`,
);

// As a member, as one who has left, named, and as one who is in a room: parameters are app, user, after and rooms.
const MISSED = `
  SELECT notice.position, frame FROM member JOIN notice USING (app, group_id)
    WHERE app = $1 AND user_id = $2 AND notice.position > greatest($3, member.since) AND audience = 'members'
  UNION ALL
  SELECT notice.position, frame FROM stay JOIN notice USING (app, group_id)
    WHERE app = $1 AND user_id = $2 AND notice.position > greatest($3, stay.since) AND notice.change <= stay.until
      AND audience = 'members'
  UNION ALL
  SELECT notice.position, frame FROM notice_user JOIN notice USING (app, position)
    WHERE app = $1 AND user_id = $2 AND notice.position > $3
  UNION ALL
  SELECT notice.position, frame FROM unnest($4::text[], $5::bigint[]) AS room (group_id, since)
    JOIN notice ON app = $1 AND notice.group_id = room.group_id AND notice.position > greatest($3, room.since)
    WHERE audience = 'room'`;
const countMissed = statement(
  `SELECT count(*) AS notices, coalesce(sum(octet_length(frame)), 0) AS bytes
   FROM (SELECT * FROM (${MISSED}) AS every LIMIT $6) AS counted`,
);
const missed = statement(`SELECT DISTINCT position, frame FROM (${MISSED}) AS every ORDER BY position`);
const hasLeft = statement(
  `SELECT 1 FROM notice_user JOIN notice USING (app, position)
   WHERE app = $1 AND user_id = $2 AND position > $3 AND group_id = $4 AND audience = 'room' LIMIT 1`,
);

const removeListeners = statement("DELETE FROM listener WHERE heard_at < $1 RETURNING app");
// In each app up to a position: there is no gap in what is kept, whatever clocks have said.
const removeNotices = statement(
  `WITH old AS (
     SELECT app, max(position) AS last
     FROM (SELECT app, position FROM notice WHERE at < $1 ORDER BY at, position LIMIT $2) AS oldest GROUP BY app
   ), users AS (
     DELETE FROM notice_user USING old WHERE notice_user.app = old.app AND notice_user.position <= old.last
   ), heads AS (
     UPDATE notice_head SET forgotten = old.last FROM old WHERE notice_head.app = old.app
   )
   DELETE FROM notice USING old WHERE notice.app = old.app AND notice.position <= old.last RETURNING 1`,
);
const removeStays = statement(
  `DELETE FROM stay USING (
     SELECT over.app, over.until FROM notice_head AS head CROSS JOIN LATERAL (
       SELECT app, until FROM stay WHERE app = head.app AND until <= head.forgotten ORDER BY until LIMIT $1
     ) AS over LIMIT $1
   ) AS over WHERE stay.app = over.app AND stay.until = over.until RETURNING 1`,
);

/** Reads what is committed of what app users were told. */
export function createNoticeLog(
  db: Postgres,
  { heard, onCommitted, begin }: Pick<NoticeFeed, "heard" | "onCommitted" | "begin">,
): NoticeLog {
  async function standOf(app: number): Promise<{ last: number; since: number | undefined }> {
    const row = first(await db.all<{ last: number; since: number | null; heard: boolean }>(stand, app));
    return { last: row?.last ?? 0, since: row?.heard ? (row.since ?? 0) : undefined };
  }

  return {
    onCommitted,
    async listen(app, now) {
      const noted = heard.get(app);
      if (noted !== undefined && now - noted < NOTED_EVERY) return;
      await db.all(noteListener, app, now);
      await begin(app, now);
    },
    async position(app) {
      return (await standOf(app)).last;
    },
    async recipients({ sdkAppId, groupId, position, change }, users) {
      // Whichever is less to look at: the group's members, or those who ask.
      const members = await db.all<UserRow>(membersThen, sdkAppId, groupId, position, change, users.length + 1);
      const rows =
        members.length <= users.length
          ? members
          : await db.all<UserRow>(thoseThen, sdkAppId, groupId, position, change, users);
      return rows.map(({ user_id }) => user_id);
    },
    async missed(app, userId, after, rooms, limit) {
      // Everything behind "since" is there; nothing was kept for an app that has none.
      const { last: position, since } = await standOf(app);
      if (since === undefined || after < since || after > position) return { complete: false, position };
      const [groups, sinces] = [rooms.map(([groupId]) => groupId), rooms.map(([, from]) => from)];
      const most = limit.notices + 1;
      const counted = await db.all<MissedCount>(countMissed, app, userId, after, groups, sinces, most);
      if (isTooMuch(first(counted), limit)) return { complete: false, position };
      const rows = await db.all<{ position: number; frame: string }>(missed, app, userId, after, groups, sinces);
      const frames = rows.map((row) => ({ ...(JSON.parse(row.frame) as NoticeFrame), position: row.position }));
      return { complete: true, frames };
    },
    async hasLeft(app, userId, groupId, after) {
      return (await db.all(hasLeft, app, userId, after, groupId)).length > 0;
    },
    async forget(before) {
      for (const { app } of await db.all<{ app: number }>(removeListeners, before)) heard.delete(app);
      const notices = await db.all(removeNotices, before, FORGOTTEN_AT_ONCE);
      const stays = await db.all(removeStays, FORGOTTEN_AT_ONCE);
      return notices.length >= FORGOTTEN_AT_ONCE || stays.length >= FORGOTTEN_AT_ONCE;
    },
  };
}

interface UserRow {
  readonly user_id: string;
}
