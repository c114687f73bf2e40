import { catalog, fit, isCallbackCommand, type CallbackBody, type CallbackCommand } from "@muster/protocol";

/** Most ids that a text lists. */
const MAX_LISTED = 3;

type Teller<C extends CallbackCommand> = (body: CallbackBody<C>) => string;

/**
 * What happened, in a few words for a person: `leckie created MyFirstGroup`.
 * @param body as JSON
 * @param fault why it is in quarantine
 */
export function whatHappened(command: string, body: unknown, fault: string | undefined): string {
  if (fault !== undefined) return `in quarantine: ${fault}`;
  if (!isCallbackCommand(command)) return command;
  const read = fit(catalog[command].body, body);
  // TypeScript knows only that it is some command's teller and some command's body.
  const tell = tellers[command] as Teller<CallbackCommand>;
  return read.ok ? tell(read.value) : command;
}

const tellers: { readonly [C in CallbackCommand]: Teller<C> } = {
  "Group.CallbackBeforeCreateGroup": (body) => `${who(body)} asked to create ${body.Name}`,
  "Group.CallbackAfterCreateGroup": (body) => `${who(body)} created ${body.Name}`,
  "Group.CallbackBeforeApplyJoinGroup": (body) => `${body.Requestor_Account} asked to join`,
  "Group.CallbackBeforeInviteJoinGroup": (body) => `${who(body)} asked to add ${members(body.DestinationMembers)}`,
  "Group.CallbackAfterNewMemberJoin": (body) => `${members(body.NewMemberList)} joined`,
  "Group.CallbackAfterMemberExit": (body) =>
    body.ExitType === "Kicked"
      ? `${who(body)} removed ${members(body.ExitMemberList)}`
      : `${members(body.ExitMemberList)} left`,
  "Group.CallbackBeforeSendMsg": (body) => `${body.From_Account} asked to send a message`,
  "Group.CallbackAfterSendMsg": (body) => `${body.From_Account} sent message ${body.MsgSeq}`,
  "Group.CallbackAfterGroupFull": () => "the group is full",
  "Group.CallbackAfterGroupDestroyed": (body) => `${body.Operator_Account ?? "somebody"} disbanded the group`,
  "Group.CallbackAfterGroupInfoChanged": (body) => `${who(body)} changed ${profile(body)}`,
  "Group.CallbackAfterRecallMsg": (body) => `${who(body)} recalled ${count(body.MsgSeqList, "message")}`,
  "Group.CallbackOnMemberStateChange": (body) => `${members(body.MemberList)} went ${body.EventType.toLowerCase()}`,
  "Group.CallbackSendMsgException": (body) => `a message of ${body.From_Account} was not sent: ${body.ErrorCode}`,
  "Group.CallbackBeforeCreateTopic": (body) => `${who(body)} asked to create topic ${body.Name}`,
  "Group.CallbackAfterCreateTopic": (body) => `${who(body)} created topic ${body.Name}`,
  "Group.CallbackAfterTopicDestroyed": (body) => `deleted: topic ${listed(body.TopicIdList)}`,
  "Group.CallbackAfterTopicInfoChanged": (body) => `${who(body)} changed a topic's ${profile(body)}`,
  "Group.CallbackOnDailyGroupQuotaAlarm": (body) => `${body.QuotaUsed} of the day's ${body.Quota} groups are used`,
  "Group.CallbackAfterMemberFieldChanged": (body) => `${who(body)} changed member ${body.Member_Account}`,
  "Group.CallbackAfterGroupAttrChanged": (body) => `${who(body)} changed the group's attributes`,
  "Group.CallbackAfterReadReceipt": (body) => `${count(body.GroupMsgReceiptList, "message")} read`,
  "Group.CallbackAfterChangeGroupOwner": (body) =>
    `${who(body)} made ${body.NewOwner_Account} the owner instead of ${body.OldOwner_Account || "nobody"}`,
  "Group.CallbackAfterGroupMsgExtension": (body) => `the extension of message ${body.MsgSeq} changed`,
};

function who({ Operator_Account }: { readonly Operator_Account: string }): string {
  return Operator_Account || "somebody";
}

function members(list: readonly { readonly Member_Account: string }[]): string {
  return listed(list.map(({ Member_Account }) => Member_Account)) || "nobody";
}

function listed(ids: readonly string[]): string {
  const rest = ids.length - MAX_LISTED;
  return ids.slice(0, MAX_LISTED).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

function count(list: readonly unknown[], noun: string): string {
  return `${list.length} ${noun}${list.length === 1 ? "" : "s"}`;
}

const profileFields = {
  Name: "name",
  Introduction: "introduction",
  Notification: "notification",
  FaceUrl: "face URL",
  UserDefinedDataList: "custom fields",
} as const;

function profile(body: Partial<Record<keyof typeof profileFields, unknown>>): string {
  const changed = Object.entries(profileFields).flatMap(([field, name]) => (field in body ? [name] : []));
  return changed.join(", ") || "profile";
}
