import type { MemberView } from "@muster/protocol";

import type { MemberRole, TYPES } from "../types.ts";
import { done, type Answer } from "./answer.ts";
import type { Ask } from "./ask.ts";
import { listOf, type CustomField } from "./custom-fields.ts";

/** A member of a group. Times are seconds since 1970. */
export interface GroupMember {
  readonly userID: string;
  readonly role: MemberRole;
  readonly joinTime: number;
  readonly nameCard: string;
  /** Until when the member may not write; 0 where the member may. */
  readonly muteUntil: number;
  readonly memberCustomField: readonly CustomField[];
}

/** What became of each who was to be added. */
export interface AddedMembers {
  readonly successUserIDList: readonly string[];
  /** No such users, or there was no room for them. */
  readonly failureUserIDList: readonly string[];
  /** Members already. */
  readonly existedUserIDList: readonly string[];
  /** Invited: the owner or an admin decides. */
  readonly waitingUserIDList: readonly string[];
}

/** What can be done with a group's members. */
export interface MemberCalls {
  /** Invites users, at most 300, in `GRP_WORK` and `GRP_COMMUNITY`. */
  addGroupMember(options: {
    readonly groupID: string;
    readonly userIDList: readonly string[];
  }): Promise<Answer<AddedMembers>>;
  /** Removes members who stand below this user, at most 100, all or none. */
  deleteGroupMember(options: {
    readonly groupID: string;
    readonly userIDList: readonly string[];
  }): Promise<Answer<{ readonly groupID: string; readonly userIDList: readonly string[] }>>;
  /** A page of a group's members, in order of joining. */
  getGroupMemberList(options: {
    readonly groupID: string;
    /** Those of this role alone. */
    readonly role?: MemberRole;
    /**
     * From 1 to 100.
     * @default 15
     */
    readonly count?: number;
    /**
     * What the page before answered with.
     * @default 0
     */
    readonly offset?: number;
  }): Promise<
    Answer<{
      readonly memberList: readonly GroupMember[];
      /** For the next page; 0 where there is none. */
      readonly offset: number;
    }>
  >;
  /** Makes a member an admin, or an ordinary member again; the owner alone may. */
  setGroupMemberRole(options: {
    readonly groupID: string;
    readonly userID: string;
    readonly role: typeof TYPES.GRP_MBR_ROLE_ADMIN | typeof TYPES.GRP_MBR_ROLE_MEMBER;
  }): Promise<Answer<{ readonly member: GroupMember }>>;
  /** Changes a name card, at most 50 bytes: this user's own, or that of a member who stands below. */
  setGroupMemberNameCard(options: {
    readonly groupID: string;
    /** By default this user. */
    readonly userID?: string;
    readonly nameCard: string;
  }): Promise<Answer<{ readonly member: GroupMember }>>;
  /** Mutes a member who stands below this user. */
  setGroupMemberMuteTime(options: {
    readonly groupID: string;
    readonly userID: string;
    /** Seconds from now; 4294967295 is for good, 0 unmutes. */
    readonly muteTime: number;
  }): Promise<Answer<{ readonly groupID: string }>>;
}

const PAGE = 15;

export function memberCalls(ask: Ask): MemberCalls {
  return {
    async addGroupMember({ groupID, userIDList }) {
      const { results } = await ask("addMembers", { groupId: groupID, userIds: [...userIDList] });
      const those = (wanted: number) => results.filter(({ result }) => result === wanted).map(({ userId }) => userId);
      return done({
        failureUserIDList: those(0),
        successUserIDList: those(1),
        existedUserIDList: those(2),
        waitingUserIDList: those(3),
      });
    },
    async deleteGroupMember({ groupID, userIDList }) {
      const { userIds } = await ask("removeMembers", { groupId: groupID, userIds: [...userIDList] });
      return done({ groupID, userIDList: userIds });
    },
    async getGroupMemberList({ groupID, role, count = PAGE, offset = 0 }) {
      const { members, next } = await ask("listMembers", {
        groupId: groupID,
        roles: role && [role],
        after: offset,
        limit: count,
      });
      return done({ memberList: members.map(toMember), offset: next });
    },
    async setGroupMemberRole({ groupID, userID, role }) {
      const { member } = await ask("setMemberRole", { groupId: groupID, userId: userID, role });
      return done({ member: toMember(member) });
    },
    async setGroupMemberNameCard({ groupID, userID, nameCard }) {
      const { member } = await ask("setMemberNameCard", { groupId: groupID, userId: userID, nameCard });
      return done({ member: toMember(member) });
    },
    async setGroupMemberMuteTime({ groupID, userID, muteTime }) {
      await ask("muteMember", { groupId: groupID, userId: userID, muteFor: muteTime });
      return done({ groupID });
    },
  };
}

function toMember({ userId, role, joinTime, nameCard, mutedUntil, customFields }: MemberView): GroupMember {
  return {
    userID: userId,
    role,
    joinTime,
    nameCard,
    muteUntil: mutedUntil,
    memberCustomField: listOf(customFields),
  };
}
