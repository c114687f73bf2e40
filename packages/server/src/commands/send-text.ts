import { ErrorCode } from "@muster/protocol";

import { capabilities } from "../group/capabilities.ts";
import { done, refuse } from "./command.ts";
import { findTopic } from "./find-topic.ts";
import { onGroup } from "./on-group.ts";

interface SendText {
  readonly groupId: string;
  /** The topic in which it is shown; `undefined` where it is the whole group's. */
  readonly topicId: string | undefined;
  readonly text: string;
  /** The members who get it; empty for all. */
  readonly userIds: readonly string[];
  /** Most members that one call takes. */
  readonly most: number;
}

/** Sends a text of the app's own backend to a group, or to some of its members; others are passed over. */
export const sendText = onGroup<SendText, Record<string, never>>(undefined, async (tx, { app }, input, group) => {
  const { groupId, topicId, text, userIds, most } = input;
  if (userIds.length > most) {
    const info = `ToMembers_Account names ${userIds.length} members, one call takes ${most}`;
    return refuse(ErrorCode.TooManyAccounts, info);
  }
  if (topicId !== undefined) {
    const found = await findTopic(tx, app, group, topicId);
    if (!found.ok) return found;
  }
  const sent = { kind: "text-sent", group, text, ...(topicId === undefined ? {} : { topicId }) } as const;
  if (userIds.length === 0) return done({}, sent);
  if (!capabilities[group.type].keepsMembers) {
    return refuse(ErrorCode.NotPermitted, `a group of type ${group.type} can be notified as a whole only`);
  }
  return done({}, { ...sent, userIds: await tx.membersAmong(groupId, userIds) });
});
