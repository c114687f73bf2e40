import { restCommands } from "@muster/protocol";

import { banRefusal } from "../commands/ban-members.ts";
import { findGroup } from "../commands/find-group.ts";
import { endpoint } from "./rest-endpoint.ts";

const PAGE = 100;

/** `group_open_http_svc/get_group_ban_member` */
export const getGroupBanMemberEndpoint = endpoint(
  restCommands.getGroupBanMember,
  async (executor, app, _caller, { GroupId, Limit = PAGE, Offset }) => {
    const reads = executor.store.read(app.sdkAppId);
    const found = await findGroup(reads, GroupId);
    if (!found.ok) return found;
    const refusal = banRefusal(found.group);
    if (refusal) return { ok: false, refusal };
    // One more than the page tells whether another page follows.
    const bans = await reads.bans(GroupId, Math.floor(executor.now() / 1000), Limit + 1, Offset);
    const list = bans.slice(0, Limit).map(({ userId, until }) => ({ Member_Account: userId, BannedUntil: until }));
    const NextOffset = bans.length > Limit ? Offset + Limit : 0;
    return { ok: true, fields: { BannedAccountList: list, NextOffset } };
  },
);
