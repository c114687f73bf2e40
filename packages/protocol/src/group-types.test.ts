import { describe, expect, it } from "vitest";

import { groupTypeNames, groupTypes, oldTypeName, parseGroupType } from "./group-types.ts";

describe("the name of a group's type", () => {
  it.each([
    ["Work", "Work"],
    ["Private", "Work"],
    ["Public", "Public"],
    ["Meeting", "Meeting"],
    ["ChatRoom", "Meeting"],
    ["AVChatRoom", "AVChatRoom"],
    ["Community", "Community"],
  ])("%s stands for %s", (name, type) => {
    expect(parseGroupType(name)).toBe(type);
  });

  it.each(["", "private", "PUBLIC", "Public ", "BChatRoom", "Live", "constructor", "__proto__"])(
    "is not %j",
    (name) => {
      expect(parseGroupType(name)).toBeUndefined();
    },
  );

  it("is one of seven, each of which is understood", () => {
    expect(groupTypeNames.toSorted()).toEqual([
      "AVChatRoom",
      "ChatRoom",
      "Community",
      "Meeting",
      "Private",
      "Public",
      "Work",
    ]);
    expect(groupTypeNames.filter((name) => parseGroupType(name) === undefined)).toEqual([]);
  });
});

describe("the old name of a type", () => {
  it("differs for Work and Meeting alone", () => {
    expect(groupTypes.map((type) => [type, oldTypeName(type)])).toEqual([
      ["Work", "Private"],
      ["Public", "Public"],
      ["Meeting", "ChatRoom"],
      ["AVChatRoom", "AVChatRoom"],
      ["Community", "Community"],
    ]);
  });

  it("is understood as the type again", () => {
    for (const type of groupTypes) expect(parseGroupType(oldTypeName(type))).toBe(type);
  });
});
