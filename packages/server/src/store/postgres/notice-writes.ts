import { statement, type PostgresTransaction } from "@muster/foundation";

import type { NewNotice, Notice } from "../../ports/notice-log.ts";

const beginChange = statement(
  `INSERT INTO notice_head (app, last, change) VALUES ($1, 0, 1)
   ON CONFLICT (app) DO UPDATE SET change = notice_head.last + 1`,
);
// Who left silently must not be told of the next change: this one takes up a position, which nobody is told of.
const endChange = statement("UPDATE notice_head SET last = change WHERE app = $1");
const addNotice = statement(
  `WITH head AS (UPDATE notice_head SET last = last + 1 WHERE app = $1 RETURNING last, change),
   named AS (
     INSERT INTO notice_user (app, user_id, position)
     SELECT DISTINCT $1::bigint, user_id, last FROM head, unnest($6::text[]) AS user_id
   )
   INSERT INTO notice (app, position, change, group_id, audience, frame, at, origin)
   SELECT $1, last, change, $2, $3, $4, $5, $7 FROM head RETURNING position, change`,
);
const endStays = statement(
  `INSERT INTO stay (app, group_id, user_id, since, until)
   SELECT app, group_id, user_id, since, (SELECT change FROM notice_head WHERE app = $1)
   FROM member WHERE app = $1 AND group_id = $2`,
);
const endSomeStays = statement(`${endStays.text} AND user_id = ANY ($3::text[])`);

// Who comes into a room, or leaves it, is so with the commit that tells of it, wherever the user is connected.
const enterRoom = statement(
  `INSERT INTO room_stay (app, group_id, user_id, since)
   SELECT app, $2, user_id, last - 1 FROM notice_head CROSS JOIN unnest($3::text[]) AS user_id WHERE app = $1
   ON CONFLICT (app, group_id, user_id) DO NOTHING`,
);
const leaveRoom = statement("DELETE FROM room_stay WHERE app = $1 AND group_id = $2 AND user_id = ANY ($3::text[])");
const endRoom = statement(
  `WITH present AS (DELETE FROM room_stay WHERE app = $1 AND group_id = $2 RETURNING user_id)
   INSERT INTO notice_user (app, user_id, position)
   SELECT $1, user_id, last FROM present CROSS JOIN notice_head WHERE notice_head.app = $1 ON CONFLICT DO NOTHING`,
);

/** Writing what app users are told, together with the change that it tells of: one for each transaction. */
export interface NoticeWrites {
  /** Whether anything is kept for the app. */
  readonly isHeard: boolean;
  add(notice: NewNotice): void;
  /** Members leave: they are told of this change, and of nothing later. */
  endStays(groupId: string, userIds?: readonly string[]): void;
  /** Ends the change: what it added is one. */
  finish(): void;
}

/**
 * @param origin the node that writes
 * @param onAdded hears of each notice that was given its position; whether that stands is decided by the commit
 */
export function createNoticeWrites(
  tx: PostgresTransaction,
  app: number,
  { isHeard, origin }: { readonly isHeard: boolean; readonly origin: string },
  onAdded: (notice: Notice) => void,
): NoticeWrites {
  let hasBegun = false;
  let isTold = false;

  /** From here on until the commit, the app's changes wait for this one. */
  function begin(): void {
    if (!hasBegun) tx.push(beginChange, app);
    hasBegun = true;
  }

  return {
    isHeard,
    add(notice) {
      begin();
      isTold = true;
      const { groupId, audience, users, frame, at } = notice;
      tx.pushFor<{ position: number; change: number }>(
        (rows) => {
          for (const { position, change } of rows) onAdded({ ...notice, sdkAppId: app, position, change });
        },
        addNotice,
        app,
        groupId,
        audience,
        JSON.stringify(frame),
        at,
        users,
        origin,
      );
      if (audience !== "room") return;
      if (frame.event === "membersJoined") tx.push(enterRoom, app, groupId, frame.body.userIds);
      else if (frame.event === "membersLeft") tx.push(leaveRoom, app, groupId, frame.body.userIds);
      else if (frame.event === "groupDismissed") tx.push(endRoom, app, groupId);
    },
    endStays(groupId, userIds) {
      if (!isHeard) return;
      begin();
      if (userIds) tx.push(endSomeStays, app, groupId, userIds);
      else tx.push(endStays, app, groupId);
    },
    finish() {
      if (hasBegun && !isTold) tx.push(endChange, app);
    },
  };
}
