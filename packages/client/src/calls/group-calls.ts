import { oldTypeName, parseGroupType, type GroupView } from "@muster/protocol";

import { TYPES, type GroupType, type InviteOption, type JoinOption, type MemberRole } from "../types.ts";
import { done, type Answer } from "./answer.ts";
import type { Ask } from "./ask.ts";
import { fieldsOf, listOf, type CustomField } from "./custom-fields.ts";

export interface CreateGroupOptions {
  /** At most 30 bytes of UTF-8, as are all lengths here. */
  readonly name: string;
  /** @default TYPES.GRP_WORK */
  readonly type?: GroupType;
  /** At most 48 characters of printable ASCII; that of a community begins with `@TGS#_`. By default the server makes one. */
  readonly groupID?: string;
  /** The first members besides the creator, at most 500; not for `GRP_AVCHATROOM`. */
  readonly memberList?: readonly { readonly userID: string }[];
  /** At most 240 bytes. */
  readonly introduction?: string;
  /** At most 300 bytes. */
  readonly notification?: string;
  /** A URL of at most 100 bytes. */
  readonly avatar?: string;
  /**
   * Whether a community can have topics.
   * @default false
   */
  readonly isSupportTopic?: boolean;
  /** Keys that the app is configured for, with values of at most 512 bytes. */
  readonly groupCustomField?: readonly CustomField[];
}

export interface CreatedGroup {
  readonly groupID: string;
  readonly name: string;
  readonly type: GroupType;
  readonly ownerID: string;
}

/** What to change of a group; what is left out stays. */
export interface UpdateGroupOptions {
  readonly groupID: string;
  readonly name?: string;
  readonly introduction?: string;
  readonly notification?: string;
  readonly avatar?: string;
  /** How users come in who apply; of effect in `GRP_PUBLIC` alone. */
  readonly joinOption?: JoinOption;
  /** How users come in whom members invite, where members may. */
  readonly inviteOption?: InviteOption;
  /** Whether nobody but the owner and admins may write. */
  readonly muteAllMembers?: boolean;
  /** An empty value deletes the field. */
  readonly groupCustomField?: readonly CustomField[];
}

/** A group as this user sees it. Times are seconds since 1970. */
export interface Group {
  readonly groupID: string;
  readonly type: GroupType;
  readonly name: string;
  readonly introduction: string;
  readonly notification: string;
  readonly avatar: string;
  /** Empty where the group has none. */
  readonly ownerID: string;
  readonly createTime: number;
  readonly infoUpdateTime: number;
  readonly memberCount: number;
  readonly maxMemberCount: number;
  readonly joinOption: JoinOption;
  readonly inviteOption: InviteOption;
  readonly muteAllMembers: boolean;
  readonly isSupportTopic: boolean;
  readonly groupCustomField: readonly CustomField[];
  /** Absent where the user is no member. */
  readonly selfInfo?: { readonly role: MemberRole };
}

/** What can be done with groups as such. */
export interface GroupCalls {
  /** Creates a group, owned by this user. */
  createGroup(options: CreateGroupOptions): Promise<Answer<{ readonly group: CreatedGroup }>>;
  /** Disbands a group, for good. Only its owner may, and in `GRP_WORK` nobody. */
  dismissGroup(groupID: string): Promise<Answer<{ readonly groupID: string }>>;
  /** Changes a group's profile, and answers with the group as it is then. */
  updateGroupProfile(options: UpdateGroupOptions): Promise<Answer<{ readonly group: Group }>>;
  /** Hands a group over to another of its members; its owner alone may. */
  changeGroupOwner(options: {
    readonly groupID: string;
    readonly newOwnerID: string;
  }): Promise<Answer<{ readonly groupID: string }>>;
  /** The group of an id; one of type `GRP_WORK` for its members alone. */
  getGroupProfile(options: { readonly groupID: string }): Promise<Answer<{ readonly group: Group }>>;
  /** The groups that this user is a member of, in order of joining. */
  getGroupList(): Promise<Answer<{ readonly groupList: readonly Group[] }>>;
}

/** @param userID of the user who is logged in; throws where nobody is */
export function groupCalls(ask: Ask, userID: (command: string) => string): GroupCalls {
  return {
    async createGroup({ name, type = TYPES.GRP_WORK, memberList = [], groupCustomField = [], ...more }) {
      const ownerID = userID("createGroup");
      const { groupId: groupID } = await ask("createGroup", {
        type,
        name,
        groupId: more.groupID,
        introduction: more.introduction,
        notification: more.notification,
        faceUrl: more.avatar,
        supportTopic: more.isSupportTopic,
        members: memberList.map((member) => member.userID),
        customFields: fieldsOf(groupCustomField),
      });
      return done({ group: { groupID, name, type, ownerID } });
    },
    async dismissGroup(groupID) {
      await ask("dismissGroup", { groupId: groupID });
      return done({ groupID });
    },
    async updateGroupProfile({ groupID: groupId, avatar: faceUrl, groupCustomField, ...more }) {
      const { name, introduction, notification } = more;
      const { group } = await ask("changeGroup", {
        groupId,
        name,
        introduction,
        notification,
        faceUrl,
        applyJoinOption: more.joinOption,
        inviteJoinOption: more.inviteOption,
        muteAll: more.muteAllMembers,
        customFields: groupCustomField && fieldsOf(groupCustomField),
      });
      return done({ group: toGroup(group) });
    },
    async changeGroupOwner({ groupID, newOwnerID }) {
      await ask("changeOwner", { groupId: groupID, newOwner: newOwnerID });
      return done({ groupID });
    },
    async getGroupProfile({ groupID }) {
      const { group } = await ask("getGroup", { groupId: groupID });
      return done({ group: toGroup(group) });
    },
    async getGroupList() {
      const { groups } = await ask("listGroups", {});
      return done({ groupList: groups.map(toGroup) });
    },
  };
}

/** A group as the app sees it. */
export function toGroup(group: GroupView): Group {
  return {
    groupID: group.groupId,
    type: groupType(group.type),
    name: group.name,
    introduction: group.introduction,
    notification: group.notification,
    avatar: group.faceUrl,
    ownerID: group.owner,
    createTime: group.createTime,
    infoUpdateTime: group.lastInfoTime,
    memberCount: group.memberCount,
    maxMemberCount: group.maxMembers,
    joinOption: group.applyJoinOption,
    inviteOption: group.inviteJoinOption,
    muteAllMembers: group.muteAll,
    isSupportTopic: group.supportTopic,
    groupCustomField: listOf(group.customFields),
    ...(group.role ? { selfInfo: { role: group.role } } : {}),
  };
}

/** The type by the name that `TYPES` has for it, whichever the server's app is set to. */
function groupType(name: string): GroupType {
  const type = parseGroupType(name);
  // A type that is newer than this client keeps its name: better than a list that cannot be read for one group.
  return (type ? oldTypeName(type) : name) as GroupType;
}
