import type { Logger } from "@muster/foundation";

import type { Notice, NoticeLog } from "../ports/notice-log.ts";
import type { Sessions } from "./sessions.ts";

/**
 * Tells connected devices what is committed, in order. Who is in which room changes at once, with the commit: whoever
 * has joined by the answer is in it.
 */
export function tellConnected(sessions: Sessions, notices: NoticeLog, log: Logger): void {
  let turn: Promise<void> = Promise.resolve();

  /** Those whom a notice concerns, as far as that is known at once; `undefined` where the store knows. */
  function followRooms({
    sdkAppId,
    groupId,
    position,
    audience,
    users,
    frame,
    elsewhere,
  }: Notice): string[] | undefined {
    if (audience === "members") return undefined;
    if (audience === "users") return [...users];
    if (frame.event === "membersJoined") {
      for (const userId of frame.body.userIds) {
        // Who has come in on another node is there, and may be here as well.
        const isHere = !elsewhere || sessions.platforms(sdkAppId, userId).length > 0;
        if (isHere) sessions.enterRoom(sdkAppId, groupId, userId, position - 1);
      }
    }
    const present = sessions.audience(sdkAppId, groupId);
    if (frame.event === "membersLeft") sessions.leaveRoom(sdkAppId, groupId, frame.body.userIds);
    if (frame.event === "groupDismissed") sessions.leaveRoom(sdkAppId, groupId, present);
    return [...new Set([...present, ...users])];
  }

  async function tell(notice: Notice, known: readonly string[] | undefined): Promise<void> {
    try {
      const connected = known ?? sessions.users(notice.sdkAppId);
      if (connected.length === 0) return;
      sessions.tell(notice, known ?? new Set(await notices.recipients(notice, connected)));
    } catch (error) {
      // Better a new connection than a gap that nobody sees: whoever comes back reads what was missed.
      log.error({ err: error }, "users could not be told: their connections are cut");
      sessions.cut(notice.sdkAppId);
    }
  }

  notices.onCommitted((added) => {
    for (const notice of added) {
      const known = followRooms(notice);
      turn = turn.then(() => tell(notice, known));
    }
  });
}
