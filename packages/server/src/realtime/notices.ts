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
  async function notifyMembers({ app }: Context, groupId: string, frame: NoticeFrame): Promise<void> {
    const connected = sessions.users(app.sdkAppId);
    if (connected.length === 0) return;
    const members = await store.read(app.sdkAppId).membersAmong(groupId, connected);
    sessions.notify(app.sdkAppId, members, frame);
  }

  return (context, event) => {
    const { group } = event;
    const { groupId, name } = group;
    const { app, caller } = context;
    const operator = caller.userId;
    const told = (error: unknown): void => log.error({ err: error }, "members could not be told");
    switch (event.kind) {
      case "group-created":
        sessions.notify(app.sdkAppId, new Set([group.owner, ...event.initialMembers]), {
          event: "groupCreated",
          body: { groupId, name, owner: group.owner, operator },
        });
        break;
      case "group-destroyed":
        sessions.notify(app.sdkAppId, event.members, { event: "groupDismissed", body: { groupId, name, operator } });
        break;
      case "topic-created": {
        const { topicId } = event.topic;
        notifyMembers(context, groupId, { event: "topicCreated", body: { groupId, topicId, operator } }).catch(told);
        break;
      }
      case "topics-deleted": {
        const { topicIds } = event;
        notifyMembers(context, groupId, { event: "topicsDeleted", body: { groupId, topicIds, operator } }).catch(told);
        break;
      }
    }
  };
}
