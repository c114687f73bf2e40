import { wireEventTime, wireTypeName } from "@muster/protocol";

import type { Context } from "../context.ts";
import type { Group } from "../group/group.ts";

/** A part of a callback's body, under the wire's names. */
export type Body = Readonly<Record<string, unknown>>;

/** Which group, and of which type, as the app's profile spells it. */
export function whichGroup({ app }: Context, { groupId, type }: Group): Body {
  return { GroupId: groupId, Type: wireTypeName(app.profile, type) };
}

/** When it happened, as the app's profile spells it. */
export function eventTime({ app, now }: Context): Body {
  return { EventTime: wireEventTime(app.profile, now) };
}

/** A list of users, as every callback has them. */
export function accounts(userIds: readonly string[]): Body[] {
  return userIds.map((userId) => ({ Member_Account: userId }));
}
