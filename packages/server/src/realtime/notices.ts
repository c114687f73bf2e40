import type { Logger } from "@muster/foundation";
import type { NoticeFrame } from "@muster/protocol";

import type { Context } from "../context.ts";
import { capabilities, standsAtLeast } from "../group/capabilities.ts";
import type { ApplicationsMade, DailyQuotaAlarm, GroupEvent } from "../group/group-events.ts";
import type { Group } from "../group/group.ts";
import type { GroupReads, Store } from "../ports.ts";
import type { Sessions } from "./sessions.ts";

/** Most users who are told of an application. */
const MOST_DECIDERS = 500;

/** Events that those who are in a group are told of. */
type ToldEvent = Exclude<GroupEvent, ApplicationsMade | DailyQuotaAlarm>;

/** Tells those app users of an event whom it concerns and who are connected. */
export function createNotifier(
  sessions: Sessions,
  store: Store,
  log: Logger,
): (context: Context, event: GroupEvent) => void {
  /** For large groups the question is not who is a member but which of those connected are. */
  async function notifyMembers(sdkAppId: number, event: ToldEvent, frame: NoticeFrame): Promise<void> {
    const connected = sessions.users(sdkAppId);
    if (connected.length === 0) return;
    const members = await store.read(sdkAppId).membersAmong(event.group.groupId, connected);
    const gone = event.kind === "members-left" ? event.userIds : [];
    sessions.notify(sdkAppId, new Set([...members, ...gone]), frame);
  }

  /** Tells those who are in a group that keeps no members, and those who come or go just now. */
  function notifyAudience(sdkAppId: number, event: ToldEvent, frame: NoticeFrame): void {
    const audience = sessions.audience(sdkAppId, event.group.groupId);
    const moving = event.kind === "members-left" || event.kind === "members-joined" ? event.userIds : [];
    sessions.notify(sdkAppId, new Set([...audience, ...moving]), frame);
    if (event.kind === "group-destroyed") sessions.leaveRoom(sdkAppId, event.group.groupId, audience);
  }

  async function notifyDeciders(sdkAppId: number, { group, applications }: ApplicationsMade): Promise<void> {
    const { groupId, name } = group;
    const deciders = await decidersOf(store.read(sdkAppId), group);
    for (const { userId, inviter, note } of applications) {
      sessions.notify(sdkAppId, deciders, { event: "applicationMade", body: { groupId, name, userId, inviter, note } });
    }
  }

  return (context, event) => {
    if (event.kind === "daily-quota-alarm") return;
    const { sdkAppId } = context.app;
    const report = (error: unknown): void => log.error({ err: error }, "users could not be told");
    if (event.kind === "applications-made") {
      notifyDeciders(sdkAppId, event).catch(report);
      return;
    }
    const frame = frameFor(context.caller.userId, event);
    if (!frame) return;
    if (event.kind === "application-handled") {
      sessions.notify(sdkAppId, [event.application.userId], frame);
    } else if (event.kind === "group-created") {
      sessions.notify(sdkAppId, new Set([event.group.owner, ...event.initialMembers]), frame);
    } else if (!capabilities[event.group.type].keepsMembers) {
      notifyAudience(sdkAppId, event, frame);
    } else if (event.kind === "group-destroyed") {
      sessions.notify(sdkAppId, event.members, frame);
    } else {
      notifyMembers(sdkAppId, event, frame).catch(report);
    }
  };
}

/** Those who decide on applications to a group. */
async function decidersOf(reads: GroupReads, { groupId, type }: Group): Promise<string[]> {
  const needed = capabilities[type].needs.handleApplications;
  const roles = (["Owner", "Admin"] as const).filter((role) => standsAtLeast(role, needed));
  const { members } = await reads.memberPage(groupId, { roles, after: 0, offset: 0, limit: MOST_DECIDERS });
  return members.map(({ userId }) => userId);
}

/** What those concerned are told of an event; `undefined` where they are not. */
function frameFor(operator: string, event: ToldEvent): NoticeFrame | undefined {
  const { groupId, name, owner } = event.group;
  switch (event.kind) {
    case "group-created":
      return { event: "groupCreated", body: { groupId, name, owner, operator } };
    case "group-destroyed":
      return { event: "groupDismissed", body: { groupId, name, operator } };
    case "group-info-changed":
      return { event: "groupChanged", body: { groupId, changed: event.changed, operator } };
    case "owner-changed":
      return { event: "ownerChanged", body: { groupId, oldOwner: event.oldOwner, newOwner: owner, operator } };
    case "members-joined":
      if (event.silent) return undefined;
      return { event: "membersJoined", body: { groupId, name, userIds: event.userIds, how: event.how, operator } };
    case "members-left":
      if (event.silent) return undefined;
      return { event: "membersLeft", body: { groupId, name, userIds: event.userIds, how: event.how, operator } };
    case "member-changed": {
      const { changed, member } = event;
      return { event: "memberChanged", body: { groupId, name, userId: member.userId, changed, operator } };
    }
    case "attributes-changed":
      return { event: "attributesChanged", body: { groupId, attributes: event.after, operator } };
    case "topic-created":
      return { event: "topicCreated", body: { groupId, topicId: event.topic.topicId, operator } };
    case "topic-changed": {
      const { topicId } = event.topic;
      return { event: "topicChanged", body: { groupId, topicId, changed: event.changed, operator } };
    }
    case "topics-deleted":
      return { event: "topicsDeleted", body: { groupId, topicIds: event.topicIds, operator } };
    case "application-handled": {
      const { accepted, note } = event;
      return { event: "applicationHandled", body: { groupId, name, accepted, note, operator } };
    }
    case "group-full":
      return undefined;
  }
}
