import { ErrorCode } from "@muster/protocol";

import { capabilities } from "../group/capabilities.ts";
import { mostMembers, type Quantities } from "../group/quantities.ts";
import type { ProfileTexts } from "../group/group-events.ts";
import { mergeFields, type ApplyJoinOption, type Group, type InviteJoinOption } from "../group/group.ts";
import type { GroupReads } from "../ports/store.ts";
import { done, refuse, type Outcome } from "./command.ts";
import { changedTexts } from "./changed-texts.ts";
import { customFieldRefusal } from "./custom-field-refusal.ts";
import { onGroup, refusalOf } from "./on-group.ts";

export interface ChangeGroup extends ProfileTexts {
  readonly groupId: string;
  readonly maxMembers: number | undefined;
  readonly applyJoinOption: ApplyJoinOption | undefined;
  readonly inviteJoinOption: InviteJoinOption | undefined;
  readonly muteAll: boolean | undefined;
  /** An empty value deletes the field. */
  readonly customFields: readonly (readonly [key: string, value: string])[];
}

/** Changes a group's profile: what is there and differs. Only a change of the four texts has a callback. */
export const changeGroup = onGroup<ChangeGroup, Group>("changeProfile", async (tx, context, input, group) => {
  const { app, caller, now } = context;
  if (input.muteAll !== undefined && !caller.isAdministrator) {
    const refusal = await refusalOf(tx, context, group, "mute");
    if (refusal) return { ok: false, refusal };
  }
  const unknown = customFieldRefusal(input.customFields, app.groupCustomFields, "AppDefinedData");
  if (unknown) return { ok: false, refusal: unknown };
  // Where members are not counted, their limit is ignored, as documented.
  const maxMembers = capabilities[group.type].keepsMembers ? input.maxMembers : undefined;
  const problem = await memberLimitProblem(tx, app.quantities, group, maxMembers);
  if (problem) return problem;

  const changed = changedTexts(group, input);
  const after: Group = {
    ...group,
    ...changed,
    maxMembers: maxMembers ?? group.maxMembers,
    applyJoinOption: input.applyJoinOption ?? group.applyJoinOption,
    inviteJoinOption: input.inviteJoinOption ?? group.inviteJoinOption,
    muteAll: input.muteAll ?? group.muteAll,
    customFields: mergeFields(group.customFields, input.customFields),
    lastInfoTime: Math.floor(now / 1000),
  };
  await tx.changeGroup(after);
  if (Object.keys(changed).length === 0) return done(after);
  return done(after, { kind: "group-info-changed", group: after, changed });
});

async function memberLimitProblem(
  reads: GroupReads,
  quantities: Quantities,
  group: Group,
  maxMembers: number | undefined,
): Promise<Outcome<never> | undefined> {
  if (maxMembers === undefined) return undefined;
  const most = mostMembers(quantities, group.type);
  if (maxMembers > most) {
    return refuse(ErrorCode.InvalidParameter, `MaxMemberNum is at most ${most} for a group of type ${group.type}`);
  }
  const members = await reads.memberCount(group.groupId);
  if (maxMembers < members) {
    return refuse(ErrorCode.InvalidParameter, `MaxMemberNum is less than the ${members} members that there are`);
  }
  return undefined;
}
