import type { CallbackCommand } from "@muster/protocol";

/** A body of each callback as the documents show it. `sample-bodies.test.ts` holds them against the schemas. */
export const sampleBodies: Readonly<Record<CallbackCommand, Readonly<Record<string, unknown>>>> = {
  "Group.CallbackBeforeCreateGroup": {
    CallbackCommand: "Group.CallbackBeforeCreateGroup",
    Operator_Account: "leckie",
    Owner_Account: "leckie",
    Type: "Public",
    Name: "MyFirstGroup",
    MemberList: [
      {
        Member_Account: "bob",
      },
      {
        Member_Account: "peter",
      },
    ],
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterCreateGroup": {
    CallbackCommand: "Group.CallbackAfterCreateGroup",
    GroupId: "@TGS#2J4SZEAEL",
    Operator_Account: "group_root",
    Owner_Account: "leckie",
    Type: "Public",
    Name: "MyFirstGroup",
    MemberList: [
      {
        Member_Account: "bob",
      },
      {
        Member_Account: "peter",
      },
    ],
    UserDefinedDataList: [
      {
        Key: "UserDefined1",
        Value: "hello",
      },
      {
        Key: "UserDefined2",
        Value: "world",
      },
    ],
    EventTime: 1670574414123,
  },
  "Group.CallbackBeforeApplyJoinGroup": {
    CallbackCommand: "Group.CallbackBeforeApplyJoinGroup",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    Requestor_Account: "bob",
    EventTime: 1700000000123,
  },
  "Group.CallbackBeforeInviteJoinGroup": {
    CallbackCommand: "Group.CallbackBeforeInviteJoinGroup",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    Operator_Account: "leckie",
    DestinationMembers: [
      {
        Member_Account: "bob",
      },
      {
        Member_Account: "peter",
      },
    ],
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterNewMemberJoin": {
    CallbackCommand: "Group.CallbackAfterNewMemberJoin",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    JoinType: "Invited",
    Operator_Account: "leckie",
    NewMemberList: [
      {
        Member_Account: "bob",
      },
      {
        Member_Account: "peter",
      },
    ],
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterMemberExit": {
    CallbackCommand: "Group.CallbackAfterMemberExit",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    ExitType: "Quit",
    Operator_Account: "bob",
    ExitMemberList: [
      {
        Member_Account: "bob",
      },
    ],
    EventTime: 1700000000123,
  },
  "Group.CallbackBeforeSendMsg": {
    CallbackCommand: "Group.CallbackBeforeSendMsg",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    From_Account: "leckie",
    Operator_Account: "leckie",
    Random: 77,
    OnlineOnlyFlag: 0,
    MsgBody: [
      {
        MsgType: "TIMTextElem",
        MsgContent: {
          Text: "hi",
        },
      },
    ],
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterSendMsg": {
    CallbackCommand: "Group.CallbackAfterSendMsg",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    From_Account: "leckie",
    Operator_Account: "leckie",
    Random: 77,
    MsgSeq: 12,
    MsgTime: 1700000000,
    OnlineOnlyFlag: 0,
    MsgBody: [
      {
        MsgType: "TIMTextElem",
        MsgContent: {
          Text: "hi",
        },
      },
    ],
    GroupAtInfo: [
      {
        GroupAtAllFlag: 0,
        GroupAt_Account: "peter",
      },
    ],
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterGroupFull": {
    CallbackCommand: "Group.CallbackAfterGroupFull",
    GroupId: "@TGS#2J4SZEAEL",
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterGroupDestroyed": {
    CallbackCommand: "Group.CallbackAfterGroupDestroyed",
    Operator_Account: "administrator",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    Owner_Account: "leckie",
    Name: "MyFirstGroup",
    MemberList: [
      {
        Member_Account: "leckie",
      },
      {
        Member_Account: "peter",
      },
      {
        Member_Account: "bob",
      },
    ],
    EventTime: 1670574414123,
  },
  "Group.CallbackAfterGroupInfoChanged": {
    CallbackCommand: "Group.CallbackAfterGroupInfoChanged",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    Operator_Account: "leckie",
    Name: "MySecondGroup",
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterRecallMsg": {
    CallbackCommand: "Group.CallbackAfterRecallMsg",
    Operator_Account: "leckie",
    Type: "Public",
    GroupId: "@TGS#2J4SZEAEL",
    MsgSeqList: [
      {
        MsgSeq: 12,
      },
    ],
    EventTime: 1700000000123,
  },
  "Group.CallbackOnMemberStateChange": {
    CallbackCommand: "Group.CallbackOnMemberStateChange",
    GroupId: "@TGS#aJRGC4MH6",
    EventType: "Offline",
    EventCause: "HeartbeatInterrupt",
    MemberList: [
      {
        Member_Account: "leckie",
      },
      {
        Member_Account: "peter",
      },
    ],
    EventTime: 1700000000123,
  },
  "Group.CallbackSendMsgException": {
    CallbackCommand: "Group.CallbackSendMsgException",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    From_Account: "leckie",
    Operator_Account: "leckie",
    Random: 77,
    OnlineOnlyFlag: 0,
    MsgBody: [
      {
        MsgType: "TIMTextElem",
        MsgContent: {
          Text: "hi",
        },
      },
    ],
    ErrorCode: 10023,
    ErrorInfo: "too many",
    EventTime: 1700000000123,
  },
  "Group.CallbackBeforeCreateTopic": {
    CallbackCommand: "Group.CallbackBeforeCreateTopic",
    Operator_Account: "leckie",
    Type: "Community",
    Name: "TestTopic",
  },
  "Group.CallbackAfterCreateTopic": {
    CallbackCommand: "Group.CallbackAfterCreateTopic",
    GroupId: "@TGS#_@TGS#cQVLVHIM62CJ",
    TopicId: "@TGS#_@TGS#cQVLVHIM62CJ@TOPIC#_TestTopic",
    Operator_Account: "leckie",
    Owner_Account: "leckie",
    Type: "Community",
    Name: "TestTopic",
  },
  "Group.CallbackAfterTopicDestroyed": {
    CallbackCommand: "Group.CallbackAfterTopicDestroyed",
    GroupId: "@TGS#_@TGS#cQVLVHIM62CJ",
    Type: "Community",
    TopicIdList: ["@TGS#_@TGS#cQVLVHIM62CJ@TOPIC#_TestTopic", "@TGS#_@TGS#cQVLVHIM62CJ@TOPIC#_TestTopic_1"],
  },
  "Group.CallbackAfterTopicInfoChanged": {
    CallbackCommand: "Group.CallbackAfterTopicInfoChanged",
    GroupId: "@TGS#_@TGS#cQVLVHIM62CJ",
    Type: "Community",
    Operator_Account: "leckie",
    Name: "TestTopic2",
  },
  "Group.CallbackOnDailyGroupQuotaAlarm": {
    CallbackCommand: "Group.CallbackOnDailyGroupQuotaAlarm",
    QuotaUsed: 7100,
    Quota: 10000,
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterMemberFieldChanged": {
    CallbackCommand: "Group.CallbackAfterMemberFieldChanged",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    Operator_Account: "leckie",
    Member_Account: "peter",
    Role: "Admin",
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterGroupAttrChanged": {
    CallbackCommand: "Group.CallbackAfterGroupAttrChanged",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    Operator_Account: "leckie",
    OptionType: "modify",
    GroupAttr: [
      {
        key: "k",
        value: "v",
      },
    ],
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterReadReceipt": {
    CallbackCommand: "Group.CallbackAfterReadReceipt",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    GroupMsgReceiptList: [
      {
        MsgSeq: 12,
        ReadNum: 1,
        UnreadNum: 3,
        ReadReceiptMembers: [
          {
            Member_Account: "peter",
          },
        ],
      },
    ],
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterChangeGroupOwner": {
    CallbackCommand: "Group.CallbackAfterChangeGroupOwner",
    GroupId: "@TGS#2J4SZEAEL",
    Type: "Public",
    Operator_Account: "leckie",
    OldOwner_Account: "leckie",
    NewOwner_Account: "peter",
    EventTime: 1700000000123,
  },
  "Group.CallbackAfterGroupMsgExtension": {
    CallbackCommand: "Group.CallbackAfterGroupMsgExtension",
    GroupId: "@TGS#2J4SZEAEL",
    MsgSeq: 10,
    OperateType: 1,
    ExtensionList: [
      {
        Key: "a",
        Value: "b",
        Seq: 4,
      },
    ],
    Seq: 4,
    EventTime: 1700000000123,
  },
};
