import type { NoticeFrame } from "@muster/protocol";

import { EVENT, type Emitter } from "./events.ts";

const DISMISSED = 5;
const CREATED = 6;
const INVITED = 7;

/** Tells the app, in an event, what the server has told its user's device. */
export function tell({ event, body }: NoticeFrame, userID: string, emit: Emitter["emit"]): void {
  switch (event) {
    case "groupCreated":
      emit(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, {
        operationType: body.owner === userID ? CREATED : INVITED,
        groupID: body.groupId,
        groupName: body.name,
        operatorID: body.operator,
      });
      break;
    case "groupDismissed":
      emit(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, {
        operationType: DISMISSED,
        groupID: body.groupId,
        groupName: body.name,
        operatorID: body.operator,
      });
      break;
    case "topicCreated":
      emit(EVENT.TOPIC_CREATED, { groupID: body.groupId, topicID: body.topicId, operatorID: body.operator });
      break;
    case "topicsDeleted":
      emit(EVENT.TOPIC_DELETED, { groupID: body.groupId, topicIDList: body.topicIds, operatorID: body.operator });
      break;
    case "closing":
      // The connection ends next, and its end is what the app is told of.
      break;
  }
}
