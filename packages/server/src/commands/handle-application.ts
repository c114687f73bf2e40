import { ErrorCode } from "@muster/protocol";

import type { GroupEvent } from "../group/group-events.ts";
import { newMember } from "../group/new-member.ts";
import { done, refuse } from "./command.ts";
import { onGroup } from "./on-group.ts";
import { groupsOfUserRefusal } from "./quantity-refusals.ts";

interface HandleApplication {
  readonly groupId: string;
  /** Whose application or invitation it is. */
  readonly userId: string;
  readonly accept: boolean;
  /** What whoever decides has to say. */
  readonly note: string;
}

/** Accepts or refuses somebody who applied to join a group or was invited to it. It waits no longer either way. */
export const handleApplication = onGroup<HandleApplication, { readonly groupId: string }>(
  "handleApplications",
  async (tx, context, { groupId, userId, accept, note }, group) => {
    const application = await tx.application(groupId, userId);
    if (!application) return refuse(ErrorCode.ApplicationHandled, `no application of ${userId} waits`);
    await tx.removeApplication(groupId, userId);
    const handled: GroupEvent = { kind: "application-handled", group, application, accepted: accept, note };
    if (!accept) return done({ groupId }, handled);

    if (await tx.member(groupId, userId)) return done({ groupId });
    const room = group.maxMembers - (await tx.memberCount(groupId));
    if (room <= 0) return refuse(ErrorCode.GroupFull, `the group has the ${group.maxMembers} members that it may have`);
    const tooMany = await groupsOfUserRefusal(tx, context, [userId], "the user");
    if (tooMany) return { ok: false, refusal: tooMany };
    await tx.addMembers(groupId, [newMember(group.type, userId, "Member", Math.floor(context.now / 1000))]);
    const how = application.inviter === "" ? "Apply" : "Invited";
    const events: GroupEvent[] = [
      handled,
      { kind: "members-joined", group, userIds: [userId], how, silent: false, hadWaited: true },
    ];
    if (room === 1) events.push({ kind: "group-full", group });
    return done({ groupId }, ...events);
  },
);
