import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { groupTypes, parseGroupType } from "./group-types.ts";
import { defaultProfile, wireEventTime, wireTypeName, type Profile } from "./profile.ts";
import { eventTime } from "./scalars/event-time.ts";

const seeds: Profile = { eventTime: "string", typeNames: "new" };

describe("an app's profile", () => {
  it("is, without a choice, numbers and old names, and cannot be changed by accident", () => {
    expect(defaultProfile).toEqual({ eventTime: "number", typeNames: "old" });
    expect(Object.isFrozen(defaultProfile)).toBe(true);
  });

  it("says whether EventTime is quoted", () => {
    expect(wireEventTime(defaultProfile, 1670574414123)).toBe(1670574414123);
    expect(wireEventTime(seeds, 1670574414123)).toBe("1670574414123");
  });

  it("says which names types go by", () => {
    expect(groupTypes.map((type) => wireTypeName(defaultProfile, type))).toEqual([
      "Private",
      "Public",
      "ChatRoom",
      "AVChatRoom",
      "Community",
    ]);
    expect(groupTypes.map((type) => wireTypeName(seeds, type))).toEqual([...groupTypes]);
  });

  it("never sends what is not read back", () => {
    for (const profile of [defaultProfile, seeds]) {
      expect(z.parse(eventTime, wireEventTime(profile, 1670574414123))).toBe(1670574414123);
      for (const type of groupTypes) expect(parseGroupType(wireTypeName(profile, type))).toBe(type);
    }
  });
});
