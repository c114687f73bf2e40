import { restCommands } from "@muster/protocol";

import { findGroup } from "../commands/find-group.ts";
import { findTopic } from "../commands/find-topic.ts";
import { capabilities } from "../group/capabilities.ts";
import type { Group, Mute } from "../group/group.ts";
import type { GroupReads } from "../ports/store.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/get_group_muted_account` */
export const getGroupMutedAccountEndpoint = endpoint(
  restCommands.getGroupMutedAccount,
  async (executor, app, _caller, { GroupId, TopicId }) => {
    const reads = executor.store.read(app.sdkAppId);
    const found = await findGroup(reads, GroupId);
    if (!found.ok) return found;
    if (TopicId !== undefined) {
      const inGroup = await findTopic(reads, app, found.group, TopicId);
      if (!inGroup.ok) return inGroup;
    }
    const muted = await mutesIn(reads, found.group, TopicId, Math.floor(executor.now() / 1000));
    const list = muted.map(({ userId, until }) => ({ Member_Account: userId, MutedUntil: until }));
    return { ok: true, fields: { GroupId, MutedAccountList: list } };
  },
);

/** Who is muted at a time, in one topic or in the whole group. */
async function mutesIn(
  reads: GroupReads,
  { groupId, type }: Group,
  topicId: string | undefined,
  now: number,
): Promise<readonly Mute[]> {
  if (topicId !== undefined || !capabilities[type].keepsMembers) return await reads.mutes(groupId, topicId ?? "", now);
  const members = await reads.mutedMembers(groupId, now);
  return members.map(({ userId, mutedUntil }) => ({ userId, until: mutedUntil }));
}
