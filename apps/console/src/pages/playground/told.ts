import { EVENT, TYPES, type Client, type EventData } from "@muster/client";

import type { Words } from "../../i18n/translation.ts";

/** Something that a user was told. */
export interface Told {
  /** In the reader's language. */
  readonly say: (words: Words, nameOf: (id: string) => string) => string;
  /** That somebody asks to be let in, for this user to decide. */
  readonly application?: { readonly groupID: string; readonly applicant: string };
  /** The group that somebody has decided about whether this user is let in. */
  readonly decided?: string;
}

/** Has `tell` called with whatever a client's user is told. */
export function listen(client: Client, tell: (told: Told) => void): void {
  client.on(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, ({ data }) => tell(toldBySystem(data)));
  client.on(EVENT.MESSAGE_RECEIVED, ({ data }) => {
    for (const tip of data) tell({ say: (words, nameOf) => tipText(tip, words, nameOf(tip.to)) });
  });
  client.on(EVENT.TOPIC_CREATED, ({ data: { groupID, topicID, operatorID } }) =>
    tell({ say: (words, nameOf) => words.toldTopicCreated(nameOf(groupID), nameOf(topicID), operatorID) }),
  );
  client.on(EVENT.TOPIC_DELETED, ({ data: { groupID, topicIDList, operatorID } }) =>
    tell({ say: (words, nameOf) => words.toldTopicsDeleted(nameOf(groupID), topicIDList.length, operatorID) }),
  );
  client.on(EVENT.TOPIC_UPDATED, ({ data: { groupID, operatorID } }) =>
    tell({ say: (words, nameOf) => words.toldTopicChanged(nameOf(groupID), operatorID) }),
  );
  client.on(EVENT.GROUP_ATTRIBUTES_UPDATED, ({ data: { groupID, operatorID } }) =>
    tell({ say: (words, nameOf) => words.toldAttributes(nameOf(groupID), operatorID) }),
  );
  client.on(EVENT.KICKED_OUT, () => tell({ say: (words) => words.toldKickedOut }));
}

type SystemNotice = EventData[typeof EVENT.GROUP_SYSTEM_NOTICE_RECEIVED];

function toldBySystem(notice: SystemNotice): Told {
  const { groupID } = notice;
  switch (notice.operationType) {
    case 1:
      return { say: (words) => systemText(notice, words), application: { groupID, applicant: notice.operatorID } };
    case 2:
    case 3:
    case 7:
      return { say: (words) => systemText(notice, words), decided: groupID };
    default:
      return { say: (words) => systemText(notice, words) };
  }
}

function systemText(notice: SystemNotice, words: Words): string {
  const { groupName: group } = notice;
  switch (notice.operationType) {
    case 1:
      return words.toldApplied(group, notice.operatorID);
    case 2:
      return words.toldAccepted(group, notice.operatorID);
    case 3:
      return words.toldRefused(group, notice.operatorID);
    case 4:
      return words.toldKicked(group, notice.operatorID);
    case 5:
      return words.toldDismissed(group, notice.operatorID);
    case 6:
      return words.toldCreated(group);
    case 7:
      return words.toldBroughtIn(group, notice.operatorID);
    case 8:
      return words.toldLeft(group);
    case 9:
      return words.toldMadeAdmin(group, notice.operatorID);
    case 10:
      return words.toldNoAdmin(group, notice.operatorID);
    case 255:
      return words.toldText(group, notice.userDefinedField);
  }
}

type Tip = EventData[typeof EVENT.MESSAGE_RECEIVED][number];

function tipText({ payload }: Tip, words: Words, group: string): string {
  const { operationType, operatorID } = payload;
  const users = payload.userIDList.join(", ");
  switch (operationType) {
    case TYPES.GRP_TIP_MBR_JOIN:
      return words.toldJoined(group, users);
    case TYPES.GRP_TIP_MBR_QUIT:
      return words.toldQuit(group, users);
    case TYPES.GRP_TIP_MBR_KICKED_OUT:
      return words.toldOthersKicked(group, users, operatorID);
    case TYPES.GRP_TIP_MBR_SET_ADMIN:
    case TYPES.GRP_TIP_MBR_CANCELED_ADMIN:
      return words.toldRoles(group, users);
    case TYPES.GRP_TIP_GRP_PROFILE_UPDATED:
      return words.toldChanged(group, operatorID);
    case TYPES.GRP_TIP_MBR_PROFILE_UPDATED:
      return words.toldNameCard(group, users);
  }
}
