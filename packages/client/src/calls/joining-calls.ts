import { ErrorCode } from "@muster/protocol";

import { ClientError } from "../client-error.ts";
import { TYPES, type JoinStatus } from "../types.ts";
import { done, type Answer } from "./answer.ts";
import type { Ask } from "./ask.ts";

/** Somebody who wants to join a group, or whom a member wants in it. */
export interface GroupApplication {
  readonly groupID: string;
  readonly groupName: string;
  /** Who wants to join, or is wanted. */
  readonly applicant: string;
  /** 0: the user applied; 2: a member invited the user. */
  readonly applicationType: 0 | 2;
  /** The member who invited; empty where the user applied. */
  readonly inviterID: string;
  /** What the applicant has to say. */
  readonly note: string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** What can be done to come and go, and to let others in. */
export interface JoiningCalls {
  /**
   * Joins a group, at once or by an application (`JOIN_STATUS_WAIT_APPROVAL`), which is answered in a system notice.
   * `JOIN_STATUS_ALREADY_IN_GROUP` where the user is a member.
   */
  joinGroup(options: {
    readonly groupID: string;
    /** For those who decide on an application, at most 300 bytes. */
    readonly applyMessage?: string;
  }): Promise<Answer<{ readonly status: JoinStatus; readonly groupID: string }>>;
  /** Leaves a group. Its owner can leave none but a `GRP_WORK`, which has no owner then. */
  quitGroup(groupID: string): Promise<Answer<{ readonly groupID: string }>>;
  /** What waits for this user's decision, as the owner or an admin of its groups. */
  getGroupApplicationList(): Promise<Answer<{ readonly applicationList: readonly GroupApplication[] }>>;
  /** Lets somebody in, or not. */
  handleGroupApplication(options: {
    readonly handleAction: "Agree" | "Reject";
    /** For the applicant, at most 300 bytes. */
    readonly handleMessage?: string;
    readonly application: Pick<GroupApplication, "groupID" | "applicant">;
  }): Promise<Answer<{ readonly groupID: string }>>;
}

export function joiningCalls(ask: Ask): JoiningCalls {
  return {
    async joinGroup({ groupID, applyMessage }) {
      try {
        const { status } = await ask("joinGroup", { groupId: groupID, note: applyMessage });
        return done({
          groupID,
          status: status === "joined" ? TYPES.JOIN_STATUS_SUCCESS : TYPES.JOIN_STATUS_WAIT_APPROVAL,
        });
      } catch (error) {
        // What was asked for is so, hence no failure: as Tencent's web SDK has it.
        if (!(error instanceof ClientError) || error.code !== ErrorCode.AlreadyMember) throw error;
        return done({ groupID, status: TYPES.JOIN_STATUS_ALREADY_IN_GROUP });
      }
    },
    async quitGroup(groupID) {
      await ask("quitGroup", { groupId: groupID });
      return done({ groupID });
    },
    async getGroupApplicationList() {
      const { applications } = await ask("listApplications", {});
      return done({
        applicationList: applications.map(({ groupId, groupName, userId, inviter, note, time }) => ({
          groupID: groupId,
          groupName,
          applicant: userId,
          applicationType: inviter === "" ? (0 as const) : (2 as const),
          inviterID: inviter,
          note,
          time,
        })),
      });
    },
    async handleGroupApplication({ handleAction, handleMessage, application: { groupID, applicant } }) {
      const accept = handleAction === "Agree";
      await ask("handleApplication", { groupId: groupID, userId: applicant, accept, note: handleMessage });
      return done({ groupID });
    },
  };
}
