import type { LoginReply, NoticeFrame } from "@muster/protocol";

/** Where a device stands in what happens: what it need not be told any more, and which rooms its user is in. */
export interface Standing {
  /** What a login that goes on from here says; nothing before the first. */
  resume(): { readonly after?: number; readonly rooms?: string[] };
  /** Takes over what a login was answered with. Whether what follows is all that was missed. */
  begin(reply: LoginReply): boolean;
  /** Whether a notice is news; from then on it is none. */
  isNews(notice: NoticeFrame): boolean;
}

/** Of one user, from one login until the logout, across all connections in between. */
export function createStanding(userId: string): Standing {
  let position: number | undefined;
  let rooms = new Set<string>();

  function follow({ event, body }: NoticeFrame): void {
    if (event === "membersJoined" && body.room && body.userIds.includes(userId)) rooms.add(body.groupId);
    if (event === "membersLeft" && body.userIds.includes(userId)) rooms.delete(body.groupId);
    if (event === "groupDismissed") rooms.delete(body.groupId);
  }

  return {
    resume: () => (position === undefined ? {} : { after: position, rooms: [...rooms] }),
    begin(reply) {
      position = reply.position;
      rooms = new Set(reply.rooms);
      return reply.complete ?? true;
    },
    isNews(notice) {
      if (notice.position === undefined) return true;
      if (position !== undefined && notice.position <= position) return false;
      position = notice.position;
      follow(notice);
      return true;
    },
  };
}
