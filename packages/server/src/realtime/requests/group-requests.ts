import { changeGroup } from "../../commands/change-group.ts";
import { changeOwner } from "../../commands/change-owner.ts";
import { createGroup } from "../../commands/create-group.ts";
import { destroyGroup } from "../../commands/destroy-group.ts";
import { headCount } from "../../commands/head-count.ts";
import { visibleGroup } from "../../commands/visible-group.ts";
import { givenTexts, newTexts } from "./given-texts.ts";
import { reply, type Handlers } from "./handler.ts";
import { groupView } from "./views.ts";

/** Most members that an app user may name when creating a group. */
const CREATE_GROUP_MOST_MEMBERS = 500;

/** What app users ask of groups as such. */
export const groupRequests: Handlers<
  "createGroup" | "dismissGroup" | "changeGroup" | "changeOwner" | "getGroup" | "listGroups"
> = {
  async createGroup(executor, app, caller, body) {
    const outcome = await executor.execute(app, caller, createGroup, {
      type: body.type,
      name: body.name,
      groupId: body.groupId,
      owner: caller.userId,
      ...newTexts(body),
      maxMembers: undefined,
      applyJoinOption: undefined,
      inviteJoinOption: undefined,
      supportTopic: body.supportTopic ?? false,
      customFields: Object.entries(body.customFields ?? {}),
      members: (body.members ?? []).map((userId) => ({ userId, role: "Member" as const })),
      mostMembers: CREATE_GROUP_MOST_MEMBERS,
    });
    return reply(outcome, ({ groupId }) => ({ groupId }));
  },
  dismissGroup: (executor, app, caller, body) => executor.execute(app, caller, destroyGroup, body),
  async changeGroup(executor, app, caller, body) {
    const outcome = await executor.execute(app, caller, changeGroup, {
      groupId: body.groupId,
      ...givenTexts(body),
      maxMembers: undefined,
      applyJoinOption: body.applyJoinOption,
      inviteJoinOption: body.inviteJoinOption,
      muteAll: body.muteAll,
      customFields: Object.entries(body.customFields ?? {}),
    });
    if (!outcome.ok) return outcome;
    const reads = executor.store.read(app.sdkAppId);
    const { groupId } = outcome.result;
    const role = (await reads.member(groupId, caller.userId))?.role;
    return {
      ok: true,
      result: { group: groupView(app, outcome.result, await headCount(executor, app, outcome.result), role) },
    };
  },
  async changeOwner(executor, app, caller, { groupId, newOwner }) {
    const outcome = await executor.execute(app, caller, changeOwner, { groupId, newOwner });
    return reply(outcome, () => ({ groupId }));
  },
  async getGroup(executor, app, caller, { groupId }) {
    const reads = executor.store.read(app.sdkAppId);
    const found = await visibleGroup(reads, groupId, caller, "everybody");
    if (!found.ok) return found;
    const { group, role } = found;
    return { ok: true, result: { group: groupView(app, group, await headCount(executor, app, group), role) } };
  },
  async listGroups(executor, app, caller) {
    const reads = executor.store.read(app.sdkAppId);
    const groups = [];
    for (const { group, member } of await reads.joinedGroups(caller.userId)) {
      groups.push(groupView(app, group, await headCount(executor, app, group), member.role));
    }
    return { ok: true, result: { groups } };
  },
};
