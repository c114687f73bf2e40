import type { AnswerOf } from "../../../api/call.ts";

type Callback = AnswerOf<"readHistory">["callbacks"][number];

/** What kind of thing happened to a group: how it is drawn. */
export type LifeKind = "begun" | "joined" | "left" | "changed" | "topic" | "ended" | "other";

/** Something that happened to a group, as its callback told it. */
export interface LifeEvent {
  readonly position: number;
  readonly command: string;
  /** ms since 1970 */
  readonly at: number;
  readonly kind: LifeKind;
  readonly body: CallbackBody;
}

interface Account {
  readonly Member_Account: string;
}

interface KeyValue {
  readonly Key: string;
  readonly Value: string;
}

/** Those fields of callbacks that a group's life is read from, as the server writes them. */
export interface CallbackBody {
  readonly Operator_Account?: string;
  readonly Owner_Account?: string;
  readonly Type?: string;
  readonly Name?: string;
  readonly Introduction?: string;
  readonly Notification?: string;
  readonly FaceUrl?: string;
  readonly ExitType?: string;
  readonly MemberList?: readonly Account[];
  readonly NewMemberList?: readonly Account[];
  readonly ExitMemberList?: readonly Account[];
  readonly Member_Account?: string;
  readonly NewOwner_Account?: string;
  readonly OldOwner_Account?: string;
  readonly Role?: string;
  readonly TopicId?: string;
  readonly TopicIdList?: readonly string[];
  readonly UserDefinedDataList?: readonly KeyValue[];
  readonly OptionType?: string;
  readonly GroupAttr?: readonly { readonly key: string; readonly value?: string }[];
  readonly EventTime?: number | string;
}

const kinds: Readonly<Record<string, LifeKind>> = {
  "Group.CallbackAfterCreateGroup": "begun",
  "Group.CallbackAfterNewMemberJoin": "joined",
  "Group.CallbackAfterMemberExit": "left",
  "Group.CallbackAfterGroupInfoChanged": "changed",
  "Group.CallbackAfterMemberFieldChanged": "changed",
  "Group.CallbackAfterGroupAttrChanged": "changed",
  "Group.CallbackAfterChangeGroupOwner": "changed",
  "Group.CallbackAfterCreateTopic": "topic",
  "Group.CallbackAfterTopicDestroyed": "topic",
  "Group.CallbackAfterTopicInfoChanged": "topic",
  "Group.CallbackAfterGroupDestroyed": "ended",
};

/** The event that a callback tells of. */
export function lifeEventOf({ position, command, acceptedAt, body }: Callback): LifeEvent {
  // The server's own writing: it is what was posted.
  const read = JSON.parse(body) as CallbackBody;
  const at = read.EventTime === undefined ? acceptedAt : Number(read.EventTime);
  return { position, command, at, kind: kinds[command] ?? "other", body: read };
}
