import { describe, expect, it } from "vitest";

import { ErrorCode, errorMeanings } from "./error-codes.ts";

const names = Object.keys(ErrorCode);
const codes = Object.values(ErrorCode);

describe("the error codes", () => {
  it("are each used once", () => {
    expect(new Set(codes).size).toBe(codes.length);
  });

  it("have one meaning each, and there is no meaning without a code", () => {
    expect(
      Object.keys(errorMeanings)
        .map(Number)
        .toSorted((a, b) => a - b),
    ).toEqual(codes.toSorted((a, b) => a - b));
    expect(new Set(Object.values(errorMeanings)).size).toBe(codes.length);
  });

  it("are explained in whole sentences", () => {
    expect(Object.values(errorMeanings).filter((meaning) => !/^[A-Z].*\.$/.test(meaning))).toEqual([]);
  });

  it("have names that say something", () => {
    expect(names.filter((name) => !/^[A-Z][A-Za-z]+$/.test(name))).toEqual([]);
  });

  // Numbers of the interface, so written out here and not taken from the source.
  it("are Tencent's", () => {
    expect(ErrorCode).toEqual({
      Ok: 0,
      MalformedHttpRequest: 60002,
      MalformedJson: 60003,
      BadCredentials: 60004,
      RateLimited: 60007,
      Timeout: 60008,
      UnknownResource: 60009,
      NotAdministrator: 60010,
      SdkAppIdMissing: 60012,
      BadParameter: 60025,
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
      FeatureNotEnabled: 11000,
      TopicDeletionFailed: 110002,
      TopicNotFound: 110003,
      ProfileFieldTooLong: 40601,
      BodyTooLong: 93000,
    });
  });
});
