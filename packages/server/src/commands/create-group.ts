import {
  customGroupIdProblem,
  ErrorCode,
  generatedGroupId,
  groupTypeNames,
  parseGroupType,
  type GroupType,
} from "@muster/protocol";

import type { App } from "../app-settings.ts";
import { capabilities } from "../group/capabilities.ts";
import { dayOf, mostMembers } from "../group/quantities.ts";
import type { ApplyJoinOption, Group, InviteJoinOption } from "../group/group.ts";
import { newMember } from "../group/new-member.ts";
import type { GroupWrites } from "../ports/store.ts";
import { done, refuse, sharing, type Refusal } from "./command.ts";
import type { Context } from "../context.ts";
import { customFieldRefusal } from "./custom-field-refusal.ts";
import { countNewGroup } from "./group-growth.ts";
import { groupCountRefusal, groupsOfUserRefusal } from "./quantity-refusals.ts";

export interface CreateGroup {
  /** As the caller spelt it, an old name or a new one. */
  readonly type: string;
  readonly name: string;
  readonly groupId: string | undefined;
  readonly owner: string | undefined;
  readonly introduction: string;
  readonly notification: string;
  readonly faceUrl: string;
  readonly maxMembers: number | undefined;
  readonly applyJoinOption: ApplyJoinOption | undefined;
  readonly inviteJoinOption: InviteJoinOption | undefined;
  readonly supportTopic: boolean;
  readonly customFields: readonly (readonly [key: string, value: string])[];
  readonly members: readonly InitialMember[];
  /** Most members that one call takes: the doors differ. */
  readonly mostMembers: number;
  /** Brought in from elsewhere: when it was created there, in seconds since 1970, and nobody is told of it. */
  readonly imported?: { readonly createTime: number | undefined };
}

/** One who is a member from the start. */
interface InitialMember {
  readonly userId: string;
  readonly role: "Admin" | "Member";
  readonly customFields?: CreateGroup["customFields"];
}

/** Most members of a group that is brought in, where nothing else is said. */
const IMPORTED_MAX_MEMBERS = 2_000;

const UNCOUNTED = { ok: true, events: [] } as const;

/** Creates a group with its first members, all or nothing. */
export const createGroup = sharing<CreateGroup, Group>(async (tx, context, input) => {
  const type = parseGroupType(input.type);
  if (!type) return refuse(ErrorCode.InvalidParameter, `Type must be one of ${groupTypeNames.join(", ")}`);
  const problem = typeProblem(context, type, input) ?? fieldProblem(context, type, input);
  if (problem) return { ok: false, refusal: problem };

  const members = initialMembers(input);
  const others = members.map(({ userId }) => userId);
  const owner = input.owner === undefined ? [] : [input.owner];
  const { keepsMembers } = capabilities[type];
  // All that it depends on is asked for in one go: a database that is elsewhere is asked once.
  const [missing, groupId, taken, room, growth] = await Promise.all([
    tx.missingAccounts([...owner, ...others]),
    input.groupId ?? freeGroupId(tx, context, type),
    input.groupId === undefined ? undefined : tx.group(input.groupId),
    input.imported ? undefined : roomRefusal(tx, context, type, keepsMembers ? [...owner, ...others] : []),
    tx.growth(dayOf(context.now)),
  ]);
  if (missing.length > 0)
    return refuse(
      ErrorCode.UserNotFound,
      `Owner_Account or MemberList: not imported: ${missing.slice(0, 10).join(", ")}`,
    );

  if (taken) {
    const bySelf = taken.owner !== "" && taken.owner === (input.owner ?? context.caller.userId);
    // Who imports is told nothing of whose it is: there, 10021 is the only code listed.
    const code = bySelf && !input.imported ? ErrorCode.GroupIdTakenBySelf : ErrorCode.GroupIdTaken;
    return refuse(code, `GroupId ${groupId} is taken`);
  }

  if (room) return { ok: false, refusal: room };
  // What is imported is counted where groups are, but refused by nothing: its page lists none of these codes.
  const counted = input.imported ? UNCOUNTED : await countNewGroup(tx, context, growth);
  if (!counted.ok) return counted;
  const group = newGroup(context, type, groupId, input);
  const kept = [
    ...owner.map((userId) => newMember(group.type, userId, "Owner", group.createTime)),
    ...members.map(({ userId, role, customFields = [] }) => ({
      ...newMember(group.type, userId, role, group.createTime),
      customFields: Object.fromEntries(customFields),
    })),
  ];
  await tx.addGroup(group, keepsMembers ? kept : []);
  if (input.imported) return done(group);
  return done(group, { kind: "group-created", group, initialMembers: others }, ...counted.events);
});

/** Why the app, or those who would be in a new group, have no room for it. */
async function roomRefusal(
  tx: GroupWrites,
  context: Context,
  type: GroupType,
  userIds: readonly string[],
): Promise<Refusal | undefined> {
  return (
    (await groupCountRefusal(tx, context, type)) ??
    (await groupsOfUserRefusal(tx, context, userIds, "Owner_Account or MemberList"))
  );
}

function typeProblem({ app, now }: Context, type: GroupType, input: CreateGroup): Refusal | undefined {
  const { hasAdmins, keepsMembers, canBeImported } = capabilities[type];
  if (input.imported && !canBeImported) {
    return { code: ErrorCode.NotPermitted, info: `Type: a group of type ${type} cannot be imported` };
  }
  if ((input.imported?.createTime ?? 0) * 1000 > now) {
    return { code: ErrorCode.InvalidParameter, info: "CreateTime lies in the future" };
  }
  if (type === "Community" && !app.features.community) {
    return { code: ErrorCode.FeatureNotEnabled, info: "Type: communities are not enabled for this app" };
  }
  if (input.supportTopic) {
    if (type !== "Community") return { code: ErrorCode.NotPermitted, info: "SupportTopic is for communities only" };
    if (!app.features.topic)
      return { code: ErrorCode.FeatureNotEnabled, info: "SupportTopic: topics are not enabled for this app" };
  }
  if (!keepsMembers && input.members.length > 0) {
    return { code: ErrorCode.NotPermitted, info: `MemberList cannot be given for a group of type ${type}` };
  }
  if (!hasAdmins && input.members.some(({ role }) => role === "Admin")) {
    return { code: ErrorCode.NotPermitted, info: `MemberList: a group of type ${type} has no admins` };
  }
  return input.maxMembers === undefined ? undefined : maxMembersProblem(app, type, input.maxMembers, input);
}

/** No plan takes more members than the type does; fewer may still be more than the app's own. */
function maxMembersProblem(
  { quantities }: App,
  type: GroupType,
  most: number,
  { imported }: CreateGroup,
): Refusal | undefined {
  const { maxMembers } = capabilities[type];
  const plan = mostMembers(quantities, type);
  if (most <= plan) return undefined;
  const info = `MaxMemberCount is at most ${plan} for a group of type ${type}`;
  // The page of import_group lists no code for a plan.
  return { code: most > maxMembers || imported ? ErrorCode.InvalidParameter : ErrorCode.TooManyMembers, info };
}

function fieldProblem({ app }: Context, type: GroupType, input: CreateGroup): Refusal | undefined {
  if (input.members.length > input.mostMembers) {
    return {
      code: ErrorCode.TooManyAccounts,
      info: `MemberList names ${input.members.length} members, one call takes ${input.mostMembers}`,
    };
  }
  const most = input.maxMembers ?? mostMembers(app.quantities, type);
  if (initialMembers(input).length + (input.owner === undefined ? 0 : 1) > most) {
    // The group's own limit, or the app's.
    const code = input.maxMembers === undefined ? ErrorCode.TooManyMembers : ErrorCode.GroupFull;
    return { code, info: `MemberList: the group may have ${most} members` };
  }
  const idProblem = input.groupId === undefined ? undefined : customGroupIdProblem(input.groupId, type);
  if (idProblem) return { code: ErrorCode.InvalidParameter, info: `GroupId ${idProblem}` };
  const ofMembers = input.members.flatMap(({ customFields = [] }) => customFields);
  return (
    customFieldRefusal(input.customFields, app.groupCustomFields, "AppDefinedData") ??
    customFieldRefusal(ofMembers, app.memberCustomFields, "MemberList: AppMemberDefinedData")
  );
}

/** Each user once, in the order named, and without the owner, who is a member anyway. */
function initialMembers({ members, owner }: CreateGroup): CreateGroup["members"] {
  const seen = new Set([owner]);
  return members.filter(({ userId }) => {
    const isNew = !seen.has(userId);
    seen.add(userId);
    return isNew;
  });
}

async function freeGroupId(tx: GroupWrites, { ids }: Context, type: GroupType): Promise<string> {
  for (;;) {
    const groupId = generatedGroupId(type, ids.serial());
    if (!(await tx.group(groupId))) return groupId;
  }
}

function defaultMaxMembers({ quantities }: App, type: GroupType, { imported }: CreateGroup): number {
  const most = mostMembers(quantities, type);
  return imported && type !== "Community" ? Math.min(IMPORTED_MAX_MEMBERS, most) : most;
}

function newGroup({ app, now }: Context, type: GroupType, groupId: string, input: CreateGroup): Group {
  const createTime = input.imported?.createTime ?? Math.floor(now / 1000);
  return {
    groupId,
    type,
    name: input.name,
    introduction: input.introduction,
    notification: input.notification,
    faceUrl: input.faceUrl,
    owner: input.owner ?? "",
    createTime,
    lastInfoTime: createTime,
    maxMembers: input.maxMembers ?? defaultMaxMembers(app, type, input),
    applyJoinOption: input.applyJoinOption ?? "NeedPermission",
    inviteJoinOption: input.inviteJoinOption ?? "FreeAccess",
    supportTopic: input.supportTopic,
    muteAll: false,
    customFields: Object.fromEntries(input.customFields),
  };
}
