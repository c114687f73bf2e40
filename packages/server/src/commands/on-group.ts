import { ErrorCode } from "@muster/protocol";

import type { Caller, Context } from "../context.ts";
import { capabilities, standsAtLeast, type Action, type Standing } from "../group/capabilities.ts";
import type { Group } from "../group/group.ts";
import type { GroupReads, GroupWrites } from "../ports/store.ts";
import type { Command, Outcome, Refusal } from "./command.ts";
import { findGroup } from "./find-group.ts";

/** What each action is, for a refusal's sentence. */
const deeds: Readonly<Record<Action, string>> = {
  dismiss: "disband the group",
  changeProfile: "change the group's profile",
  changeOwner: "hand the group over",
  setAdmins: "make members admins",
  invite: "add members",
  kick: "remove members",
  mute: "mute members",
  handleApplications: "accept or refuse who wants to join",
  changeAttributes: "change the group's attributes",
  manageTopics: "create, change and delete topics",
};

/**
 * A command about one group that must exist, and on which the caller must be allowed to act. `action` is left out
 * where who may do it does not depend on the caller's standing alone.
 */
export function onGroup<I extends { readonly groupId: string }, R>(
  action: Action | undefined,
  decide: (tx: GroupWrites, context: Context, input: I, group: Group) => Promise<Outcome<R>>,
): Command<I, R> {
  return onGroupAnd(action, async () => undefined, decide);
}

/** The same, with what is asked for in one go with the group: a database that is elsewhere is asked once. */
export function onGroupAnd<I extends { readonly groupId: string }, R, A>(
  action: Action | undefined,
  readAlong: (reads: GroupReads, context: Context, input: I) => Promise<A>,
  decide: (tx: GroupWrites, context: Context, input: I, group: Group, along: A) => Promise<Outcome<R>>,
): Command<I, R> {
  return async (tx, context, input) => {
    const [found, along] = await Promise.all([findGroup(tx, input.groupId), readAlong(tx, context, input)]);
    if (!found.ok) return found;
    const refusal = action && (await refusalOf(tx, context, found.group, action));
    return refusal ? { ok: false, refusal } : await decide(tx, context, input, found.group, along);
  };
}

/** Why the caller may not do something to a group, or `undefined` where that is allowed. */
export async function refusalOf(
  reads: GroupReads,
  { caller }: Context,
  group: Group,
  action: Action,
): Promise<Refusal | undefined> {
  const needed = capabilities[group.type].needs[action];
  if (standsAtLeast(await standingOf(reads, caller, group), needed)) return undefined;
  if (needed === "Nobody") {
    return { code: ErrorCode.NotPermitted, info: `in a group of type ${group.type} nobody can ${deeds[action]}` };
  }
  const who = needed === "Administrator" ? "the app's administrators" : `those who are ${needed} or higher`;
  return { code: ErrorCode.NotPermitted, info: `only ${who} may ${deeds[action]}` };
}

/** How high the caller stands in a group. An AVChatRoom keeps no members, but knows its owner. */
export async function standingOf(reads: GroupReads, caller: Caller, group: Group): Promise<Standing> {
  if (caller.isAdministrator) return "Administrator";
  if (group.owner === caller.userId) return "Owner";
  return (await reads.member(group.groupId, caller.userId))?.role ?? "None";
}
