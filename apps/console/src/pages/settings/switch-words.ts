import type { callbacks } from "../../api/callbacks.ts";
import type { Language } from "../../i18n/words.ts";

/** The name of a switch: that of the callback which has it for its own. */
export type SwitchName = (typeof callbacks)[number]["switch"];

/** When what a switch turns on is sent. */
export const switchWords: Readonly<Record<SwitchName, Readonly<Record<Language, string>>>> = {
  "Group.CallbackBeforeCreateGroup": { en: "Before a group or a topic is created", zh: "创建群组或话题之前" },
  "Group.CallbackAfterCreateGroup": { en: "After a group or a topic was created", zh: "创建群组或话题之后" },
  "Group.CallbackBeforeApplyJoinGroup": { en: "Before somebody's application to join", zh: "申请入群之前" },
  "Group.CallbackBeforeInviteJoinGroup": { en: "Before members are invited", zh: "拉人入群之前" },
  "Group.CallbackAfterNewMemberJoin": { en: "After members joined", zh: "新成员入群之后" },
  "Group.CallbackAfterMemberExit": { en: "After members left or were removed", zh: "群成员离开之后" },
  "Group.CallbackBeforeSendMsg": { en: "Before a message is sent", zh: "群内发言之前" },
  "Group.CallbackAfterSendMsg": { en: "After a message was sent", zh: "群内发言之后" },
  "Group.CallbackAfterGroupFull": { en: "After a group became full", zh: "群组满员之后" },
  "Group.CallbackAfterGroupDestroyed": {
    en: "After a group was disbanded or topics deleted",
    zh: "群组解散或话题删除之后",
  },
  "Group.CallbackAfterGroupInfoChanged": {
    en: "After a profile changed; the day's quota of new groups",
    zh: "群组或话题资料变更之后；每日新建群额度告警",
  },
  "Group.CallbackAfterRecallMsg": { en: "After a message was recalled", zh: "群消息撤回之后" },
  "Group.CallbackOnMemberStateChange": {
    en: "When members of an AVChatRoom come and go online",
    zh: "直播群成员在线状态变更",
  },
  "Group.CallbackSendMsgException": { en: "When a message could not be sent", zh: "发送群消息异常" },
  "Group.CallbackAfterMemberFieldChanged": {
    en: "After a member's custom fields changed",
    zh: "群成员自定义字段变更之后",
  },
  "Group.CallbackAfterGroupAttrChanged": { en: "After a group's attributes changed", zh: "群属性变更之后" },
  "Group.CallbackAfterReadReceipt": { en: "After messages were read", zh: "群消息已读之后" },
  "Group.CallbackAfterChangeGroupOwner": { en: "After a group was handed over", zh: "群主变更之后" },
  "Group.CallbackAfterGroupMsgExtension": { en: "After a message's extension changed", zh: "群消息扩展变更之后" },
};

/** What is about messages, of which Muster carries none. */
export const aboutMessages: ReadonlySet<string> = new Set<SwitchName>([
  "Group.CallbackBeforeSendMsg",
  "Group.CallbackAfterSendMsg",
  "Group.CallbackAfterRecallMsg",
  "Group.CallbackSendMsgException",
  "Group.CallbackAfterReadReceipt",
  "Group.CallbackAfterGroupMsgExtension",
]);
