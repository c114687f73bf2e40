import { handleApplication } from "../../commands/handle-application.ts";
import { joinGroup } from "../../commands/join-group.ts";
import { quitGroup } from "../../commands/quit-group.ts";
import { capabilities, standsAtLeast } from "../../group/capabilities.ts";
import { reply, type Handlers } from "./handler.ts";
import { applicationView } from "./views.ts";

/** What app users ask who come or go, and those who let them in. */
export const joiningRequests: Handlers<"joinGroup" | "quitGroup" | "listApplications" | "handleApplication"> = {
  joinGroup(executor, app, caller, { groupId, note = "" }) {
    const { presence } = executor;
    return presence.inTurn(app.sdkAppId, groupId, caller.userId, async () => {
      const { audience } = await presence.among(app.sdkAppId, groupId, [caller.userId]);
      const outcome = await executor.execute(app, caller, joinGroup, { groupId, note, audience });
      return reply(outcome, (status) => ({ status }));
    });
  },
  quitGroup(executor, app, caller, { groupId }) {
    const { presence } = executor;
    return presence.inTurn(app.sdkAppId, groupId, caller.userId, async () => {
      const present = await presence.among(app.sdkAppId, groupId, [caller.userId]);
      return await executor.execute(app, caller, quitGroup, { groupId, ...present });
    });
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
