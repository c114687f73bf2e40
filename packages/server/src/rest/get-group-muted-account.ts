import { ErrorCode, restCommands } from "@muster/protocol";

import { refuse } from "../commands/command.ts";
import { findGroup } from "../commands/find-group.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/get_group_muted_account` */
export const getGroupMutedAccountEndpoint = endpoint(
  restCommands.getGroupMutedAccount,
  async (executor, app, _caller, { GroupId, TopicId }) => {
    if (TopicId !== undefined) return refuse(ErrorCode.NotPermitted, "TopicId: nobody can be muted in one topic");
    const reads = executor.store.read(app.sdkAppId);
    const found = await findGroup(reads, GroupId);
    if (!found.ok) return found;
    const muted = await reads.mutedMembers(GroupId, Math.floor(executor.now() / 1000));
    const list = muted.map(({ userId, mutedUntil }) => ({ Member_Account: userId, MutedUntil: mutedUntil }));
    return { ok: true, fields: { GroupId, MutedAccountList: list } };
  },
);
