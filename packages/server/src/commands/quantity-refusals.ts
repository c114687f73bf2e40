import { ErrorCode, type GroupType } from "@muster/protocol";

import type { Context } from "../context.ts";
import type { GroupReads } from "../ports/store.ts";
import type { Refusal } from "./command.ts";

/** Why the app can have no more groups of a type, or `undefined` where it can. */
export async function groupCountRefusal(
  reads: GroupReads,
  { app }: Context,
  type: GroupType,
): Promise<Refusal | undefined> {
  const { groups, avChatRooms } = app.quantities;
  if (groups !== undefined && (await reads.groupCount()) >= groups) {
    return { code: ErrorCode.TooManyGroupsOfApp, info: `the app has the ${groups} groups that it may have` };
  }
  if (type !== "AVChatRoom" || avChatRooms === undefined) return undefined;
  if ((await reads.groupCount(type)) < avChatRooms) return undefined;
  return { code: ErrorCode.TooManyAvChatRooms, info: `the app has the ${avChatRooms} AVChatRooms that it may have` };
}

/** Those of the users who can be in no more groups. */
export async function withoutRoom(
  reads: GroupReads,
  { app }: Context,
  userIds: readonly string[],
): Promise<readonly string[]> {
  return await reads.usersInGroups(userIds, app.quantities.groupsPerUser);
}

/** Why users cannot be in one more group, or `undefined` where they all can. `field` is where they are named. */
export async function groupsOfUserRefusal(
  reads: GroupReads,
  context: Context,
  userIds: readonly string[],
  field: string,
): Promise<Refusal | undefined> {
  const full = await withoutRoom(reads, context, userIds);
  return full.length > 0 ? groupsOfUser(context, full, field) : undefined;
}

export function groupsOfUser({ app }: Context, userIds: readonly string[], field: string): Refusal {
  const who = userIds.slice(0, 10).join(", ");
  const info = `${field}: in the ${app.quantities.groupsPerUser} groups that a user may be in: ${who}`;
  return { code: ErrorCode.TooManyGroups, info };
}
