import { handleApplication } from "../../commands/handle-application.ts";
import { joinGroup } from "../../commands/join-group.ts";
import { quitGroup } from "../../commands/quit-group.ts";
import { capabilities, standsAtLeast } from "../../group/capabilities.ts";
import { reply, type Handlers } from "./handler.ts";
import { applicationView } from "./views.ts";

/** What app users ask who come or go, and those who let them in. */
export const joiningRequests: Handlers<"joinGroup" | "quitGroup" | "listApplications" | "handleApplication"> = {
  async joinGroup(executor, app, caller, { groupId, note = "" }) {
    const { presence, store } = executor;
    const audience = presence.audience(app.sdkAppId, groupId);
    const outcome = await executor.execute(app, caller, joinGroup, { groupId, note, audience });
    const group = outcome.ok ? await store.read(app.sdkAppId).group(groupId) : undefined;
    if (group && !capabilities[group.type].keepsMembers) presence.enterRoom(app.sdkAppId, groupId, caller.userId);
    return reply(outcome, (status) => ({ status }));
  },
  async quitGroup(executor, app, caller, { groupId }) {
    const audience = executor.presence.audience(app.sdkAppId, groupId);
    const outcome = await executor.execute(app, caller, quitGroup, { groupId, audience });
    if (outcome.ok) executor.presence.leaveRoom(app.sdkAppId, groupId, [caller.userId]);
    return outcome;
  },
  async listApplications(executor, app, caller) {
    const reads = executor.store.read(app.sdkAppId);
    const applications = [];
    for (const { group, member } of await reads.joinedGroups(caller.userId)) {
      if (!standsAtLeast(member.role, capabilities[group.type].needs.handleApplications)) continue;
      for (const application of await reads.applications(group.groupId)) {
        applications.push(applicationView(application, group));
      }
    }
    return { ok: true, result: { applications } };
  },
  handleApplication: (executor, app, caller, { groupId, userId, accept, note = "" }) =>
    executor.execute(app, caller, handleApplication, { groupId, userId, accept, note }),
};
