import type { NoticeFrame } from "@muster/protocol";

import type { Context } from "../context.ts";
import { capabilities, standsAtLeast } from "../group/capabilities.ts";
import type { DailyQuotaAlarm, GroupEvent, MembersJoined, TextSent } from "../group/group-events.ts";
import type { Group } from "../group/group.ts";
import type { NewNotice } from "../ports/notice-log.ts";
import type { GroupReads, GroupWrites } from "../ports/store.ts";
import type { Sessions } from "./sessions.ts";

/** Most users who are told of an application. */
const MOST_DECIDERS = 500;

/** Events that app users are told of, some of them. */
type ToldEvent = Exclude<GroupEvent, DailyQuotaAlarm>;

/**
 * Keeps what app users are told of an event, whether or not they are connected. Where no device of the app's users is
 * there to be told, nothing is kept.
 */
export function createTeller(
  sessions: Pick<Sessions, "audience">,
): (tx: GroupWrites, context: Context, event: GroupEvent) => Promise<void> {
  /** Who is told of an event beside the members that there are, or instead of them. */
  async function concerned(tx: GroupReads, { app }: Context, event: ToldEvent): Promise<Concerned> {
    const { group } = event;
    switch (event.kind) {
      case "applications-made":
        return { audience: "users", users: await decidersOf(tx, group) };
      case "application-handled":
        return { audience: "users", users: [event.application.userId] };
      case "text-sent":
        if (event.userIds) return { audience: "users", users: event.userIds };
        break;
      default:
    }
    if (capabilities[group.type].keepsMembers) return { audience: "members", users: [] };
    // In a room is nobody when it is created, and nobody is known to have been in it when it, or a stay, has ended.
    if (event.kind === "group-created") return { audience: "users", users: group.owner === "" ? [] : [group.owner] };
    if (event.kind === "members-left") return { audience: "room", users: event.userIds };
    if (event.kind !== "group-destroyed") return { audience: "room", users: [] };
    return { audience: "room", users: sessions.audience(app.sdkAppId, group.groupId) };
  }

  return async (tx, context, event) => {
    if (!tx.hasListeners || event.kind === "daily-quota-alarm") return;
    const frames = framesFor(context.caller.userId, event);
    if (frames.length === 0) return;
    const { groupId } = event.group;
    const to = await concerned(tx, context, event);
    for (const frame of frames) await tx.addNotice({ groupId, ...to, frame, at: context.now });
  };
}

type Concerned = Pick<NewNotice, "audience" | "users">;

/** Those who decide on applications to a group. */
async function decidersOf(reads: GroupReads, { groupId, type }: Group): Promise<string[]> {
  const needed = capabilities[type].needs.handleApplications;
  const roles = (["Owner", "Admin"] as const).filter((role) => standsAtLeast(role, needed));
  const { members } = await reads.memberPage(groupId, { roles, after: 0, offset: 0, limit: MOST_DECIDERS });
  return members.map(({ userId }) => userId);
}

/** What those concerned are told of an event; nothing where they are not. */
function framesFor(operator: string, event: ToldEvent): NoticeFrame[] {
  const { groupId, name, owner } = event.group;
  switch (event.kind) {
    case "group-created":
      return [{ event: "groupCreated", body: { groupId, name, owner, operator } }];
    case "group-destroyed":
      // Ended by its last member, who is told of having left.
      if (capabilities[event.group.type].keepsMembers && event.members.length === 0) return [];
      return [{ event: "groupDismissed", body: { groupId, name, operator } }];
    case "group-info-changed":
      return [{ event: "groupChanged", body: { groupId, changed: event.changed, operator } }];
    case "owner-changed":
      return [{ event: "ownerChanged", body: { groupId, oldOwner: event.oldOwner, newOwner: owner, operator } }];
    case "members-joined":
      if (event.silent) return [];
      return [{ event: "membersJoined", body: { ...joined(event), operator } }];
    case "members-left":
      if (event.silent) return [];
      return [{ event: "membersLeft", body: { groupId, name, userIds: event.userIds, how: event.how, operator } }];
    case "member-changed": {
      const { changed, member } = event;
      return [{ event: "memberChanged", body: { groupId, name, userId: member.userId, changed, operator } }];
    }
    case "attributes-changed":
      return [{ event: "attributesChanged", body: { groupId, attributes: event.after, operator } }];
    case "topic-created":
      return [{ event: "topicCreated", body: { groupId, topicId: event.topic.topicId, operator } }];
    case "topic-changed": {
      const { topicId } = event.topic;
      return [{ event: "topicChanged", body: { groupId, topicId, changed: event.changed, operator } }];
    }
    case "topics-deleted":
      return [{ event: "topicsDeleted", body: { groupId, topicIds: event.topicIds, operator } }];
    case "application-handled": {
      const { accepted, note } = event;
      return [{ event: "applicationHandled", body: { groupId, name, accepted, note, operator } }];
    }
    case "applications-made":
      return event.applications.map(({ userId, inviter, note }) => ({
        event: "applicationMade",
        body: { groupId, name, userId, inviter, note },
      }));
    case "text-sent":
      return [{ event: "systemNotification", body: { groupId, name, ...sentText(event) } }];
    case "group-full":
    case "presence-changed":
      return [];
  }
}

function joined({ group, userIds, how }: MembersJoined): Omit<JoinedBody, "operator"> {
  const { groupId, name, type } = group;
  return { groupId, name, userIds, how, ...(capabilities[type].keepsMembers ? {} : { room: true }) };
}

function sentText({ text, topicId }: TextSent): { text: string; topicId?: string } {
  return { text, ...(topicId === undefined ? {} : { topicId }) };
}

type JoinedBody = Extract<NoticeFrame, { readonly event: "membersJoined" }>["body"];
