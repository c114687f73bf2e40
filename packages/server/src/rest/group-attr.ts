import { restCommands } from "@muster/protocol";

import { changeAttributes } from "../commands/change-attributes.ts";
import { findGroup } from "../commands/find-group.ts";
import { endpoint, type RestAnswer } from "./rest-endpoint.ts";

type Changing = (typeof restCommands)["setGroupAttr" | "modifyGroupAttr"];

const done: RestAnswer = { ok: true, fields: {} };

/** `group_open_http_svc/set_group_attr` and `modify_group_attr` */
function changing(wire: Changing, how: "set" | "modify"): ReturnType<typeof endpoint> {
  return endpoint(wire, async (executor, app, caller, { GroupId, GroupAttr }) => {
    const attributes = Object.fromEntries(GroupAttr.map(({ key, value }) => [key, value]));
    const outcome = await executor.execute(app, caller, changeAttributes, { groupId: GroupId, how, attributes });
    return outcome.ok ? done : outcome;
  });
}

export const setGroupAttrEndpoint = changing(restCommands.setGroupAttr, "set");
export const modifyGroupAttrEndpoint = changing(restCommands.modifyGroupAttr, "modify");

/** `group_open_http_svc/delete_group_attr` */
export const deleteGroupAttrEndpoint = endpoint(restCommands.deleteGroupAttr, async (executor, app, caller, body) => {
  const attributes = Object.fromEntries(body.GroupAttr.map(({ key }) => [key, ""]));
  const input = { groupId: body.GroupId, how: "delete" as const, attributes };
  const outcome = await executor.execute(app, caller, changeAttributes, input);
  return outcome.ok ? done : outcome;
});

/** `group_open_http_svc/clear_group_attr` */
export const clearGroupAttrEndpoint = endpoint(restCommands.clearGroupAttr, async (executor, app, caller, body) => {
  const input = { groupId: body.GroupId, how: "clear" as const, attributes: {} };
  const outcome = await executor.execute(app, caller, changeAttributes, input);
  return outcome.ok ? done : outcome;
});

/** `group_open_attr_http_svc/get_group_attr` */
export const getGroupAttrEndpoint = endpoint(restCommands.getGroupAttr, async (executor, app, _caller, { GroupId }) => {
  const reads = executor.store.read(app.sdkAppId);
  const found = await findGroup(reads, GroupId);
  if (!found.ok) return found;
  const attributes = Object.entries(await reads.attributes(GroupId));
  return { ok: true, fields: { GroupAttr: attributes.map(([key, value]) => ({ key, value })) } };
});
