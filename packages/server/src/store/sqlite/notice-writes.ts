import type { DatabaseSync } from "node:sqlite";

import type { NewNotice, Notice } from "../../ports/notice-log.ts";
import { one } from "./group-reads.ts";

/** Writing what app users are told, together with the change that it tells of. */
export interface NoticeWrites {
  /** Begins a piece of work. */
  begin(): void;
  /** Ends it: what it added is one change. */
  finish(): void;
  /** Whether anything is kept for an app. */
  isHeard(app: number): boolean;
  /** The position of the last notice. */
  last(): number;
  add(app: number, notice: NewNotice): void;
  /** A member leaves: is told of this change, and of nothing later. */
  endStay(app: number, groupId: string, userId: string): void;
  /** All members do. */
  endStays(app: number, groupId: string): void;
}

/** `onAdded` hears of each notice that was given its position; whether that stands is decided by the commit. */
export function createNoticeWrites(
  db: DatabaseSync,
  isHeard: (app: number) => boolean,
  onAdded: (notice: Notice) => void,
): NoticeWrites {
  const last = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'notice'");
  const addNotice = db.prepare(
    "INSERT INTO notice (change, app, group_id, audience, frame, at) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const addUser = db.prepare("INSERT OR IGNORE INTO notice_user (app, user_id, position) VALUES (?, ?, ?)");
  const endStay = db.prepare(
    `INSERT INTO stay (app, group_id, user_id, since, until)
     SELECT app, group_id, user_id, since, ? FROM member WHERE app = ? AND group_id = ? AND user_id = ?`,
  );
  const endStays = db.prepare(
    `INSERT INTO stay (app, group_id, user_id, since, until)
     SELECT app, group_id, user_id, since, ? FROM member WHERE app = ? AND group_id = ?`,
  );
  // The position that the running work's first notice has or will have, once that matters.
  let change: number | undefined;
  let isTold = false;
  let leftFrom: number | undefined;

  function lastPosition(): number {
    return one<{ seq: number }>(last)?.seq ?? 0;
  }

  function thisChange(): number {
    return (change ??= lastPosition() + 1);
  }

  return {
    begin() {
      change = undefined;
      isTold = false;
      leftFrom = undefined;
    },
    finish() {
      // Who left silently must not be told of the next change: this one takes up a position, which nobody is told of.
      if (leftFrom === undefined || isTold) return;
      addNotice.run(thisChange(), leftFrom, "", "users", "null", 0);
    },
    isHeard,
    last: lastPosition,
    add(app, notice) {
      const { groupId, audience, users, frame, at } = notice;
      const own = thisChange();
      const added = addNotice.run(own, app, groupId, audience, JSON.stringify(frame), at);
      const position = Number(added.lastInsertRowid);
      for (const userId of users) addUser.run(app, userId, position);
      isTold = true;
      onAdded({ ...notice, sdkAppId: app, position, change: own });
    },
    endStay(app, groupId, userId) {
      if (!isHeard(app)) return;
      leftFrom = app;
      endStay.run(thisChange(), app, groupId, userId);
    },
    endStays(app, groupId) {
      if (!isHeard(app)) return;
      leftFrom = app;
      endStays.run(thisChange(), app, groupId);
    },
  };
}
