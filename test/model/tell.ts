import { keyValues } from "./fields.ts";
import type { Circumstances } from "./verdict.ts";
import { type Fields, type Group, types, type World } from "./world.ts";

export function tell({ callbacks }: World, groupId: string, command: string, body: Fields): void {
  const own = callbacks.get(groupId) ?? [];
  callbacks.set(groupId, [...own, { CallbackCommand: `Group.Callback${command}`, GroupId: groupId, ...body }]);
}

/** What concerns the app as a whole. */
export function tellApp({ callbacks }: World, command: string, body: Fields): void {
  callbacks.set("", [...(callbacks.get("") ?? []), { CallbackCommand: `Group.Callback${command}`, ...body }]);
}

export function acted({ type }: Group, operator: string): Fields {
  return { Type: types[type].wire, Operator_Account: operator };
}

export function accounts(ids: readonly string[]): Fields[] {
  return ids.map((id) => ({ Member_Account: id }));
}

export function definedData({ fields }: Group): Fields {
  return fields.size > 0 ? { UserDefinedDataList: keyValues(fields) } : {};
}

export function exit(world: World, group: Group, leaving: readonly string[], at: Circumstances): void {
  tell(world, group.id, "AfterMemberExit", {
    ...acted(group, at.user),
    ExitType: "Kicked",
    ExitMemberList: accounts(leaving),
    EventTime: at.now,
  });
}
