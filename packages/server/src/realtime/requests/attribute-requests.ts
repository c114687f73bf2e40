import { changeAttributes } from "../../commands/change-attributes.ts";
import { visibleGroup } from "../../commands/visible-group.ts";
import { reply, type Handlers } from "./handler.ts";

/** What app users ask of a group's attributes. */
export const attributeRequests: Handlers<
  "setAttributes" | "modifyAttributes" | "deleteAttributes" | "clearAttributes" | "getAttributes"
> = {
  async setAttributes(executor, app, caller, { groupId, attributes }) {
    const input = { groupId, how: "set" as const, attributes };
    return reply(await executor.execute(app, caller, changeAttributes, input), (after) => ({ attributes: after }));
  },
  async modifyAttributes(executor, app, caller, { groupId, attributes }) {
    const input = { groupId, how: "modify" as const, attributes };
    return reply(await executor.execute(app, caller, changeAttributes, input), (after) => ({ attributes: after }));
  },
  async deleteAttributes(executor, app, caller, { groupId, keys }) {
    const attributes = Object.fromEntries(keys.map((key) => [key, ""]));
    const input = { groupId, how: "delete" as const, attributes };
    return reply(await executor.execute(app, caller, changeAttributes, input), (after) => ({ attributes: after }));
  },
  async clearAttributes(executor, app, caller, { groupId }) {
    const input = { groupId, how: "clear" as const, attributes: {} };
    return reply(await executor.execute(app, caller, changeAttributes, input), (after) => ({ attributes: after }));
  },
  async getAttributes(executor, app, caller, { groupId }) {
    const reads = executor.store.read(app.sdkAppId);
    const found = await visibleGroup(reads, groupId, caller, "members");
    if (!found.ok) return found;
    return { ok: true, result: { attributes: await reads.attributes(groupId) } };
  },
};
