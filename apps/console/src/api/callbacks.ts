// Made by `npm run generate`; change the catalog instead.

/** Every callback, whether it asks or tells, and the switch that turns it on. */
export const callbacks = [
  { command: "Group.CallbackBeforeCreateGroup", kind: "before", switch: "Group.CallbackBeforeCreateGroup" },
  { command: "Group.CallbackAfterCreateGroup", kind: "after", switch: "Group.CallbackAfterCreateGroup" },
  { command: "Group.CallbackBeforeApplyJoinGroup", kind: "before", switch: "Group.CallbackBeforeApplyJoinGroup" },
  { command: "Group.CallbackBeforeInviteJoinGroup", kind: "before", switch: "Group.CallbackBeforeInviteJoinGroup" },
  { command: "Group.CallbackAfterNewMemberJoin", kind: "after", switch: "Group.CallbackAfterNewMemberJoin" },
  { command: "Group.CallbackAfterMemberExit", kind: "after", switch: "Group.CallbackAfterMemberExit" },
  { command: "Group.CallbackBeforeSendMsg", kind: "before", switch: "Group.CallbackBeforeSendMsg" },
  { command: "Group.CallbackAfterSendMsg", kind: "after", switch: "Group.CallbackAfterSendMsg" },
  { command: "Group.CallbackAfterGroupFull", kind: "after", switch: "Group.CallbackAfterGroupFull" },
  { command: "Group.CallbackAfterGroupDestroyed", kind: "after", switch: "Group.CallbackAfterGroupDestroyed" },
  { command: "Group.CallbackAfterGroupInfoChanged", kind: "after", switch: "Group.CallbackAfterGroupInfoChanged" },
  { command: "Group.CallbackAfterRecallMsg", kind: "after", switch: "Group.CallbackAfterRecallMsg" },
  { command: "Group.CallbackOnMemberStateChange", kind: "after", switch: "Group.CallbackOnMemberStateChange" },
  { command: "Group.CallbackSendMsgException", kind: "after", switch: "Group.CallbackSendMsgException" },
  { command: "Group.CallbackBeforeCreateTopic", kind: "before", switch: "Group.CallbackBeforeCreateGroup" },
  { command: "Group.CallbackAfterCreateTopic", kind: "after", switch: "Group.CallbackAfterCreateGroup" },
  { command: "Group.CallbackAfterTopicDestroyed", kind: "after", switch: "Group.CallbackAfterGroupDestroyed" },
  { command: "Group.CallbackAfterTopicInfoChanged", kind: "after", switch: "Group.CallbackAfterGroupInfoChanged" },
  { command: "Group.CallbackOnDailyGroupQuotaAlarm", kind: "after", switch: "Group.CallbackAfterGroupInfoChanged" },
  { command: "Group.CallbackAfterMemberFieldChanged", kind: "after", switch: "Group.CallbackAfterMemberFieldChanged" },
  { command: "Group.CallbackAfterGroupAttrChanged", kind: "after", switch: "Group.CallbackAfterGroupAttrChanged" },
  { command: "Group.CallbackAfterReadReceipt", kind: "after", switch: "Group.CallbackAfterReadReceipt" },
  { command: "Group.CallbackAfterChangeGroupOwner", kind: "after", switch: "Group.CallbackAfterChangeGroupOwner" },
  { command: "Group.CallbackAfterGroupMsgExtension", kind: "after", switch: "Group.CallbackAfterGroupMsgExtension" },
] as const;
