/**
 * The error codes that Muster answers with, by the names it uses for them. The codes are Tencent's; each is a
 * part of the interface.
 * @see https://trtc.io/document/34348
 */
export const ErrorCode = {
  Ok: 0,

  // The gateway: the call itself.
  MalformedHttpRequest: 60002,
  MalformedJson: 60003,
  BadCredentials: 60004,
  RateLimited: 60007,
  Timeout: 60008,
  UnknownResource: 60009,
  NotAdministrator: 60010,
  SdkAppIdMissing: 60012,
  BadParameter: 60025,

  // UserSig and accounts.
  UserSigExpired: 70001,
  UserSigEmpty: 70002,
  UserSigInvalid: 70003,
  UserSigWrongKey: 70009,
  UserSigOtherUser: 70013,
  UserSigOtherApp: 70014,
  NoKey: 70016,
  UnknownApp: 70020,
  AccountNotFound: 70107,
  AccountParameterInvalid: 70402,
  AccountInternal: 70500,

  // The group service.
  Internal: 10002,
  UnknownCommand: 10003,
  InvalidParameter: 10004,
  TooManyAccounts: 10005,
  NotPermitted: 10007,
  GroupNotFound: 10010,
  GroupFull: 10014,
  GroupIdInvalid: 10015,
  RefusedByApp: 10016,
  UserNotFound: 10019,
  GroupIdTaken: 10021,
  GroupIdTakenBySelf: 10025,
  TooManyGroups: 10037,
  AttributeKeyTooLong: 10045,
  AttributeValueTooLong: 10046,
  TooManyAttributes: 10047,
  AttributesTooLong: 10048,
  FeatureNotEnabled: 11000,
  TopicDeletionFailed: 110002,
  TopicNotFound: 110003,

  // Bodies and profiles.
  ProfileFieldTooLong: 40601,
  TooManyTargets: 90011,
  BodyTooLong: 93000,
} as const;

export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** What each code means, in a sentence: the table of docs/contract/error-codes.md is made from it. */
export const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  0: "Done.",
  60002: "The HTTP request cannot be read: the REST API takes POST only.",
  60003: "The body is not JSON.",
  60004: "The query names no identifier.",
  60007: "The command is called more often than the app's rate allows.",
  60008: "The service did not answer in time.",
  60009: "There is no such service: check the URL.",
  60010: "The identifier is not an administrator of the app.",
  60012: "The query has no sdkappid.",
  60025: "A query parameter (sdkappid, contenttype) has a form that it cannot have.",
  70001: "The UserSig has expired.",
  70002: "The UserSig is empty.",
  70003: "The UserSig cannot be decoded.",
  70009: "The UserSig was signed with another key.",
  70013: "The UserSig is for another user.",
  70014: "The UserSig is for another app.",
  70016: "The app has no key to verify a UserSig with.",
  70020: "There is no such app.",
  70107: "The account does not exist.",
  70402: "A parameter of an account command is missing or invalid.",
  70500: "An account command failed inside the server; nothing was changed.",
  10002: "The server failed; nothing was changed.",
  10003: "The service has no such command.",
  10004: "A parameter is missing or invalid; ErrorInfo says which and why.",
  10005: "More accounts are named than one call takes.",
  10007: "The caller may not do this, or the group's type does not have it.",
  10010: "The group does not exist, or was disbanded.",
  10014: "The group would have more members than it may.",
  10015: "The text cannot be the id of a group, or no group has it.",
  10016: "The app refused through a before-callback.",
  10019: "A user does not exist in the app.",
  10021: "The id is taken by another's group.",
  10025: "The id is taken by a group of the same owner.",
  10037: "The user or the community has as many groups or topics as allowed.",
  10045: "An attribute's key is longer than 32 bytes.",
  10046: "An attribute's value is longer than 4000 bytes.",
  10047: "The group would have more than 16 attributes.",
  10048: "The attributes would have more than 16000 bytes in all.",
  11000: "The app does not have communities or topics enabled.",
  110002: "The topic could not be deleted.",
  110003: "The topic does not exist, or was deleted.",
  40601: "A field of the account's profile is longer than 500 bytes.",
  90011: "More users are named than one call takes.",
  93000: "The body is longer than 1 MiB.",
};
