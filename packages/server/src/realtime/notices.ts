import type { Logger } from "@muster/foundation";
import type { NoticeFrame } from "@muster/protocol";

import type { Context } from "../context.ts";
import type { GroupEvent } from "../group/group-events.ts";
import type { Store } from "../ports.ts";
import type { Sessions } from "./sessions.ts";

/** Tells those app users of an event whom it concerns and who are connected. */
export function createNotifier(
  sessions: Sessions,
  store: Store,
  log: Logger,
): (context: Context, event: GroupEvent) => void {
  /** For large groups the question is not who is a member but which of those connected are. */
  async function notifyMembers(sdkAppId: number, event: GroupEvent, frame: NoticeFrame): Promise<void> {
    const connected = sessions.users(sdkAppId);
    if (connected.length === 0) return;
    const members = await store.read(sdkAppId).membersAmong(event.group.groupId, connected);
    const gone = event.kind === "members-left" ? event.userIds : [];
    sessions.notify(sdkAppId, new Set([...members, ...gone]), frame);
  }

  return (context, event) => {
    const { sdkAppId } = context.app;
    const frame = frameFor(context.caller.userId, event);
    if (!frame) return;
    if (event.kind === "group-created") {
      sessions.notify(sdkAppId, new Set([event.group.owner, ...event.initialMembers]), frame);
    } else if (event.kind === "group-destroyed") {
      sessions.notify(sdkAppId, event.members, frame);
    } else {
      notifyMembers(sdkAppId, event, frame).catch((error: unknown) => {
        log.error({ err: error }, "members could not be told");
      });
    }
  };
}

/** What members are told of an event; `undefined` where they are not. */
function frameFor(operator: string, event: GroupEvent): NoticeFrame | undefined {
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
      return { event: "membersJoined", body: { groupId, name, userIds: event.userIds, operator } };
    case "members-left":
      if (event.silent) return undefined;
      return { event: "membersLeft", body: { groupId, name, userIds: event.userIds, how: event.how, operator } };
    case "member-changed": {
      const { userId, role, nameCard } = event.member;
      return { event: "memberChanged", body: { groupId, userId, role, nameCard, operator } };
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
    case "group-full":
      return undefined;
  }
}
