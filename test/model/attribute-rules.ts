import { acted, tell } from "./tell.ts";
import { broken, type Circumstances, ok, type Rules, type Verdict, withGroup } from "./verdict.ts";
import type { Fields, World } from "./world.ts";

/** Groups' attributes. */
export const attributeRules = {
  "group_open/set_group_attr": (world, { GroupId, GroupAttr }, at) =>
    changeAttributes(world, GroupId, "set", GroupAttr, at),

  "group_open/modify_group_attr": (world, { GroupId, GroupAttr }, at) =>
    changeAttributes(world, GroupId, "modify", GroupAttr, at),

  "group_open/delete_group_attr": (world, { GroupId, GroupAttr }, at) =>
    changeAttributes(
      world,
      GroupId,
      "delete",
      GroupAttr.map(({ key }) => ({ key, value: "" })),
      at,
    ),

  "group_open/clear_group_attr": (world, { GroupId }, at) => changeAttributes(world, GroupId, "clear", [], at),

  "group_open_attr/get_group_attr": (world, { GroupId }) =>
    withGroup(world, GroupId, ({ attributes }) => ok({ GroupAttr: listed(attributes) })),
} satisfies Partial<Rules>;

function changeAttributes(
  world: World,
  groupId: string,
  how: "set" | "modify" | "delete" | "clear",
  list: readonly { readonly key: string; readonly value: string }[],
  at: Circumstances,
): Verdict {
  return withGroup(world, groupId, (group) => {
    const named = new Map(list.map(({ key, value }) => [key, value]));
    const after = new Map(how === "modify" || how === "delete" ? group.attributes : []);
    for (const [key, value] of named) {
      if (how === "delete") after.delete(key);
      else after.set(key, value);
    }
    const bytes = Buffer.byteLength([...after].flat().join(""));
    const faults = broken([
      how === "delete" && [...named.keys()].some((key) => !group.attributes.has(key)) && [10050],
      [...named.keys()].some((key) => Buffer.byteLength(key) > 32) && [10045],
      [...named.values()].some((value) => Buffer.byteLength(value) > 4000) && [10046],
      after.size > 16 && [10047],
      bytes > 16_000 && [10048],
    ]);
    if (faults) return faults;
    const told = listed(how === "clear" ? group.attributes : named);
    group.attributes.clear();
    for (const [key, value] of after) group.attributes.set(key, value);
    tell(world, groupId, "AfterGroupAttrChanged", {
      ...acted(group, at.user),
      OptionType: how,
      GroupAttr: told,
      EventTime: at.now,
    });
    return ok();
  });
}

function listed(attributes: Map<string, string>): Fields[] {
  return [...attributes].map(([key, value]) => ({ key, value }));
}
