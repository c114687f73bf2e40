import {
  ADD_GROUP_MEMBER_MAX,
  DELETE_GROUP_MEMBER_MAX,
  ErrorCode,
  FORBID_SEND_MSG_MAX,
  LIST_MEMBERS_MAX,
} from "@muster/protocol";

import { addMembers } from "../../commands/add-members.ts";
import { changeMember } from "../../commands/change-member.ts";
import { refuse } from "../../commands/command.ts";
import { muteMembers } from "../../commands/mute-members.ts";
import { removeMembers } from "../../commands/remove-members.ts";
import { visibleGroup } from "../../commands/visible-group.ts";
import { capabilities } from "../../group/capabilities.ts";
import { reply, type Handlers } from "./handler.ts";
import { memberView } from "./views.ts";

const unchanged = {
  role: undefined,
  nameCard: undefined,
  msgFlag: undefined,
  muteFor: undefined,
  customFields: [],
} as const;

/** What app users ask of a group's members. */
export const memberRequests: Handlers<
  "addMembers" | "removeMembers" | "listMembers" | "setMemberRole" | "setMemberNameCard" | "muteMember"
> = {
  async addMembers(executor, app, caller, { groupId, userIds }) {
    const input = { groupId, userIds, silent: false, most: ADD_GROUP_MEMBER_MAX };
    return reply(await executor.execute(app, caller, addMembers, input), (results) => ({ results }));
  },
  async removeMembers(executor, app, caller, { groupId, userIds }) {
    const input = { groupId, userIds, silent: false, most: DELETE_GROUP_MEMBER_MAX };
    return reply(await executor.execute(app, caller, removeMembers, input), (removed) => ({ userIds: removed }));
  },
  async listMembers(executor, app, caller, { groupId, roles, after = 0, limit = LIST_MEMBERS_MAX }) {
    const reads = executor.store.read(app.sdkAppId);
    const found = await visibleGroup(reads, groupId, caller, "members");
    if (!found.ok) return found;
    const { type } = found.group;
    if (!capabilities[type].keepsMembers) {
      return refuse(ErrorCode.NotPermitted, `a group of type ${type} keeps no members that could be listed`);
    }
    const query = { ...(roles ? { roles } : {}), offset: 0 };
    const { members, next } = await reads.memberPage(groupId, { ...query, after, limit });
    const behind = await reads.memberPage(groupId, { ...query, after: next, limit: 1 });
    return { ok: true, result: { members: members.map(memberView), next: behind.members.length > 0 ? next : 0 } };
  },
  async setMemberRole(executor, app, caller, { groupId, userId, role }) {
    const input = { ...unchanged, groupId, userId, role };
    return reply(await executor.execute(app, caller, changeMember, input), (member) => ({
      member: memberView(member),
    }));
  },
  async setMemberNameCard(executor, app, caller, { groupId, userId = caller.userId, nameCard }) {
    const input = { ...unchanged, groupId, userId, nameCard };
    return reply(await executor.execute(app, caller, changeMember, input), (member) => ({
      member: memberView(member),
    }));
  },
  async muteMember(executor, app, caller, { groupId, userId, muteFor }) {
    const input = { groupId, topicId: undefined, userIds: [userId], muteFor, most: FORBID_SEND_MSG_MAX };
    return reply(await executor.execute(app, caller, muteMembers, input), () => ({ groupId }));
  },
};
