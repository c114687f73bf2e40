import type { NoticeFrame } from "@muster/protocol";

import { EVENT, type ChangedProfile, type Emitter, type GroupTip } from "./events.ts";
import { TYPES } from "./types.ts";

/** What the `operationType` of a system notice can be. */
const APPLIED = 1;
const ACCEPTED = 2;
const REFUSED = 3;
const KICKED = 4;
const DISMISSED = 5;
const CREATED = 6;
const INVITED = 7;
const QUIT = 8;
const MADE_ADMIN = 9;
const NO_ADMIN = 10;
const OF_THE_APP = 255;

type Notice<E extends NoticeFrame["event"]> = Extract<NoticeFrame, { readonly event: E }>["body"];

/**
 * Tells the app, in events, what the server has told its user's device: what concerns this user in a system notice,
 * what happened in the group in a message.
 */
export function tell({ event, body }: NoticeFrame, userID: string, emit: Emitter["emit"]): void {
  switch (event) {
    case "groupCreated":
      emit(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, {
        operationType: body.owner === userID ? CREATED : INVITED,
        ...which(body),
      });
      break;
    case "groupDismissed":
      emit(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, { operationType: DISMISSED, ...which(body) });
      break;
    case "groupChanged":
      tip(emit, body, TYPES.GRP_TIP_GRP_PROFILE_UPDATED, [], { newGroupProfile: changedGroup(body.changed) });
      break;
    case "ownerChanged":
      tip(emit, body, TYPES.GRP_TIP_GRP_PROFILE_UPDATED, [], { newGroupProfile: { ownerID: body.newOwner } });
      break;
    case "membersJoined":
      if (body.how === "Invited" && body.userIds.includes(userID)) {
        emit(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, { operationType: INVITED, ...which(body) });
      }
      tip(emit, body, TYPES.GRP_TIP_MBR_JOIN, body.userIds);
      break;
    case "membersLeft":
      tellLeft(body, userID, emit);
      break;
    case "memberChanged":
      tellMember(body, userID, emit);
      break;
    case "attributesChanged":
      emit(EVENT.GROUP_ATTRIBUTES_UPDATED, {
        groupID: body.groupId,
        groupAttributes: body.attributes,
        operatorID: body.operator,
      });
      break;
    case "applicationMade":
      emit(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, {
        operationType: APPLIED,
        ...which({ ...body, operator: body.userId }),
        inviterID: body.inviter,
        applyMessage: body.note,
      });
      break;
    case "applicationHandled":
      emit(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, {
        operationType: body.accepted ? ACCEPTED : REFUSED,
        ...which(body),
        handleMessage: body.note,
      });
      break;
    case "systemNotification":
      emit(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, {
        operationType: OF_THE_APP,
        groupID: body.groupId,
        groupName: body.name,
        ...(body.topicId === undefined ? {} : { topicID: body.topicId }),
        userDefinedField: body.text,
      });
      break;
    case "topicCreated":
      emit(EVENT.TOPIC_CREATED, { groupID: body.groupId, topicID: body.topicId, operatorID: body.operator });
      break;
    case "topicChanged": {
      const { groupName, ...texts } = changedGroup(body.changed);
      emit(EVENT.TOPIC_UPDATED, {
        groupID: body.groupId,
        topicID: body.topicId,
        topic: { ...(groupName === undefined ? {} : { topicName: groupName }), ...texts },
        operatorID: body.operator,
      });
      break;
    }
    case "topicsDeleted":
      emit(EVENT.TOPIC_DELETED, { groupID: body.groupId, topicIDList: body.topicIds, operatorID: body.operator });
      break;
    case "closing":
      // The connection ends next, and its end is what the app is told of.
      break;
  }
}

function tellLeft(body: Notice<"membersLeft">, userID: string, emit: Emitter["emit"]): void {
  const kicked = body.how === "Kicked";
  if (body.userIds.includes(userID)) {
    emit(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, { operationType: kicked ? KICKED : QUIT, ...which(body) });
    return;
  }
  tip(emit, body, kicked ? TYPES.GRP_TIP_MBR_KICKED_OUT : TYPES.GRP_TIP_MBR_QUIT, body.userIds);
}

function tellMember(body: Notice<"memberChanged">, userID: string, emit: Emitter["emit"]): void {
  const { userId, changed } = body;
  if (changed.role !== undefined) {
    const isAdmin = changed.role === "Admin";
    if (userId === userID) {
      emit(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, { operationType: isAdmin ? MADE_ADMIN : NO_ADMIN, ...which(body) });
    }
    tip(emit, body, isAdmin ? TYPES.GRP_TIP_MBR_SET_ADMIN : TYPES.GRP_TIP_MBR_CANCELED_ADMIN, [userId]);
  }
  if (changed.nameCard !== undefined) {
    const memberList = [{ userID: userId, nameCard: changed.nameCard }];
    tip(emit, body, TYPES.GRP_TIP_MBR_PROFILE_UPDATED, [userId], { memberList });
  }
}

interface Acted {
  readonly groupId: string;
  readonly operator: string;
}

function which({ groupId, name, operator }: Acted & { readonly name: string }): {
  readonly groupID: string;
  readonly groupName: string;
  readonly operatorID: string;
} {
  return { groupID: groupId, groupName: name, operatorID: operator };
}

function tip(
  emit: Emitter["emit"],
  { groupId, operator }: Acted,
  operationType: GroupTip["payload"]["operationType"],
  userIDList: readonly string[],
  more: Pick<GroupTip["payload"], "newGroupProfile" | "memberList"> = {},
): void {
  const payload = { operationType, operatorID: operator, userIDList, ...more };
  emit(EVENT.MESSAGE_RECEIVED, [{ type: TYPES.MSG_GRP_TIP, to: groupId, payload }]);
}

function changedGroup({
  name,
  introduction,
  notification,
  faceUrl,
}: Notice<"groupChanged">["changed"]): ChangedProfile {
  return {
    ...(name === undefined ? {} : { groupName: name }),
    ...(introduction === undefined ? {} : { introduction }),
    ...(notification === undefined ? {} : { notification }),
    ...(faceUrl === undefined ? {} : { avatar: faceUrl }),
  };
}
