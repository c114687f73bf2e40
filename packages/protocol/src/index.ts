export { callbackParameters, callbackUrl, type CallbackQuery } from "./callback-query.ts";
export {
  callbackSign,
  REQUEST_TIME_TOLERANCE_S,
  verifyCallbackSign,
  type CallbackSignFailure,
  type SignOf,
} from "./callback-sign.ts";
export {
  callbackCommands,
  callbackFields,
  callbackRow,
  callbackSwitches,
  catalog,
  isCallbackCommand,
  type CallbackBody,
  type CallbackCommand,
  type CallbackRow,
} from "./catalog.ts";
export { equalInConstantTime } from "./constant-time.ts";
export { ErrorCode, errorMeanings } from "./error-codes.ts";
export { explain } from "./explain.ts";
export { fit, type Fit } from "./fit.ts";
export { groupTypeNames, groupTypes, oldTypeName, parseGroupType, type GroupType } from "./group-types.ts";
export {
  customGroupIdProblem,
  customTopicIdProblem,
  generatedGroupId,
  generatedTopicId,
  GROUP_ID_MAX_BYTES,
  isGroupId,
  parseTopicId,
  TOPIC_ID_MAX_BYTES,
  USER_ID_MAX_BYTES,
} from "./ids.ts";
export { parseJson, type ParsedJson } from "./json.ts";
export { optPlatforms, type OptPlatform } from "./opt-platform.ts";
export { defaultProfile, wireEventTime, wireTypeName, type Profile } from "./profile.ts";
export {
  KICKED_CLOSE_CODE,
  LOGIN_MAX_ROOMS,
  loginReply,
  type LoginReply,
  loginRequest,
  noticeFrame,
  REALTIME_PATH,
  replyFrame,
  requestFrame,
  type NoticeFrame,
  type ReplyFrame,
  type RequestFrame,
  PING,
} from "./realtime/frames.ts";
export {
  userReplies,
  type ApplicationView,
  type GroupView,
  type MemberView,
  type TopicResult,
  type TopicView,
  type UserReplies,
} from "./realtime/replies.ts";
export { LIST_MEMBERS_MAX, userRequests, type UserRequestName } from "./realtime/requests.ts";
export { restCommands } from "./rest/commands.ts";
export { ADD_GROUP_MEMBER_MAX } from "./rest/add-group-member.ts";
export { BAN_MAX } from "./rest/ban-group-member.ts";
export { CREATE_GROUP_MAX_MEMBERS } from "./rest/create-group.ts";
export { DELETE_GROUP_MEMBER_MAX } from "./rest/delete-group-member.ts";
export { FORBID_SEND_MSG_MAX, MUTED_FOR_GOOD } from "./rest/forbid-send-msg.ts";
export { COMMUNITY_MEMBER_PAGE_MAX, MEMBER_PAGE_MAX } from "./rest/get-group-member-info.ts";
export { GET_ROLE_MAX } from "./rest/get-role-in-group.ts";
export { IMPORT_GROUP_MEMBER_MAX } from "./rest/import-group-member.ts";
export { ACCOUNTS_MAX } from "./rest/multiaccount-import.ts";
export { ONLINE_STATUS_MAX } from "./rest/query-online-status.ts";
export { NOTIFICATION_MAX_MEMBERS } from "./rest/send-group-system-notification.ts";
export { DOCUMENTED_CALLS, envelope, type Envelope, type RestCommand } from "./rest/envelope.ts";
export { byteLength, byteText } from "./scalars/byte-text.ts";
export { signUserSig, verifyUserSig, type UserSigClaims, type UserSigVerdict } from "./user-sig.ts";
export { REPLAY_HEADER } from "./replay.ts";
export { VERIFY_GROUP_ID, VERIFY_HEADER } from "./verification.ts";
