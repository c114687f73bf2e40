import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { groupTypes } from "./group-types.ts";
import {
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

const community = "@TGS#_@TGS#cQVLVHIM62CJ";

const serial = fc.string({
  unit: fc.constantFrom(..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("")),
  minLength: 1,
  maxLength: 16,
});
const anyType = fc.constantFrom(...groupTypes);
const printable = (most: number) => fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: most });

it("the limits are those of the documents", () => {
  expect([USER_ID_MAX_BYTES, GROUP_ID_MAX_BYTES, TOPIC_ID_MAX_BYTES]).toEqual([32, 48, 96]);
});

describe("a generated group id", () => {
  it.each([
    ["Work", "6UMONKGG", "@TGS#16UMONKGG"],
    ["Public", "J4SZEAEL", "@TGS#2J4SZEAEL"],
    ["Meeting", "FCOX2MGW", "@TGS#3FCOX2MGW"],
    ["AVChatRoom", "JRGC4MH6", "@TGS#aJRGC4MH6"],
    ["Community", "QVLVHIM62CJ", community],
  ] as const)("of a %s looks like those of the documents", (type, part, id) => {
    expect(generatedGroupId(type, part)).toBe(id);
  });

  it("is recognised as a group's, not taken for a topic's, and no creator may choose it", () => {
    fc.assert(
      fc.property(anyType, serial, anyType, (type, part, chosenType) => {
        const id = generatedGroupId(type, part);
        expect(isGroupId(id)).toBe(true);
        expect(parseTopicId(id)).toBeUndefined();
        expect(customGroupIdProblem(id, chosenType)).toMatch(/^must/);
      }),
    );
  });

  it("differs wherever type or serial differ", () => {
    fc.assert(
      fc.property(anyType, serial, anyType, serial, (type, part, otherType, otherPart) => {
        const same = type === otherType && part === otherPart;
        expect(generatedGroupId(type, part) === generatedGroupId(otherType, otherPart)).toBe(same);
      }),
    );
  });
});

describe("a generated topic id", () => {
  it("looks like those of the documents", () => {
    expect(generatedTopicId(community, "ETE3HIM62CQ")).toBe(`${community}@TOPIC#_@TOPIC#cETE3HIM62CQ`);
  });

  it("names its community and itself, is no group's, and no creator may choose it", () => {
    const ownCommunity = fc
      .string({ unit: fc.constantFrom(..."@TOPICGS#_c".split("")), maxLength: 40 })
      .map((own) => `@TGS#_${own}`);
    fc.assert(
      fc.property(
        fc.oneof(
          serial.map((part) => generatedGroupId("Community", part)),
          ownCommunity,
        ),
        serial,
        (groupId, part) => {
          fc.pre(isGroupId(groupId));
          const id = generatedTopicId(groupId, part);
          expect(parseTopicId(id)).toEqual({ groupId, own: `@TOPIC#c${part}` });
          expect(isGroupId(id)).toBe(false);
          expect(customTopicIdProblem(id, groupId)).toContain("must contain neither");
        },
      ),
    );
  });
});

describe("a group id of the creator's own choice", () => {
  it.each(["1213456", "My group!", "~", " ", "a".repeat(48), "TGS#2J4SZEAEL", "x@TGS#"])("may be %j", (id) => {
    expect(customGroupIdProblem(id, "Public")).toBeUndefined();
    expect(isGroupId(id)).toBe(true);
  });

  it.each([
    ["", "must be printable ASCII and not empty"],
    ["group\n", "must be printable ASCII and not empty"],
    ["tab\there", "must be printable ASCII and not empty"],
    ["\u007f", "must be printable ASCII and not empty"],
    ["群组", "must be printable ASCII and not empty"],
    ["a".repeat(49), "is 49 bytes long, at most 48 are allowed"],
    ["@TGS#", "must not begin with @TGS#"],
    ["@TGS#2J4SZEAEL", "must not begin with @TGS#"],
    ["@TGS#_mine", "must not begin with @TGS#"],
    ["x@TOPIC#_y", "must not contain @TOPIC#_, which marks the id of a topic"],
  ])("may not be %j", (id, problem) => {
    expect(customGroupIdProblem(id, "Public")).toBe(problem);
  });

  it.each(groupTypes.filter((type) => type !== "Community"))("follows the same rules for a %s", (type) => {
    expect(customGroupIdProblem("mine", type)).toBeUndefined();
    expect(customGroupIdProblem("@TGS#mine", type)).toBe("must not begin with @TGS#");
  });

  it.each(["@TGS#_mine", "@TGS#_ ", `@TGS#_${"a".repeat(42)}`])("may be %j for a community", (id) => {
    expect(customGroupIdProblem(id, "Community")).toBeUndefined();
    expect(isGroupId(id)).toBe(true);
  });

  it.each([
    ["mine", "must begin with @TGS#_ for a community"],
    ["@TGS#mine", "must begin with @TGS#_ for a community"],
    ["@TGS#_", "must begin with @TGS#_ for a community"],
    ["@TGS#_@TGS#cmine", "must not begin with @TGS#_@TGS#"],
    ["@TGS#_x@TOPIC#_y", "must not contain @TOPIC#_, which marks the id of a topic"],
    [`@TGS#_${"a".repeat(43)}`, "is 49 bytes long, at most 48 are allowed"],
  ])("may not be %j for a community", (id, problem) => {
    expect(customGroupIdProblem(id, "Community")).toBe(problem);
  });

  it("is recognised as a group's wherever it is allowed", () => {
    fc.assert(
      fc.property(printable(60), anyType, (id, type) => {
        fc.pre(customGroupIdProblem(id, type) === undefined);
        expect(isGroupId(id)).toBe(true);
        expect(parseTopicId(id)).toBeUndefined();
      }),
    );
  });
});

describe("what can be a group id at all", () => {
  it.each(["", "a".repeat(49), "群组", "a\u0000", `${community}@TOPIC#_rules`])("is not %j", (id) => {
    expect(isGroupId(id)).toBe(false);
  });
});

describe("reading a topic id", () => {
  it("finds the community and the topic's own part", () => {
    expect(parseTopicId(`${community}@TOPIC#_TestTopic`)).toEqual({ groupId: community, own: "TestTopic" });
  });

  it("takes the first mark for the mark", () => {
    expect(parseTopicId("@TGS#_g@TOPIC#_a@TOPIC#_b")).toEqual({ groupId: "@TGS#_g", own: "a@TOPIC#_b" });
  });

  it.each([
    "",
    community,
    "@TOPIC#_rules",
    `${community}@TOPIC#_`,
    `${community}@TOPIC#rules`,
    `${community}@TOPIC#_规则`,
    `${community}@TOPIC#_rules\n`,
    `${community}@TOPIC#_${"a".repeat(66)}`,
  ])("refuses %j", (id) => {
    expect(parseTopicId(id)).toBeUndefined();
  });

  it("undoes the making of one", () => {
    fc.assert(
      fc.property(serial, printable(40), (part, own) => {
        const groupId = generatedGroupId("Community", part);
        expect(parseTopicId(`${groupId}@TOPIC#_${own}`)).toEqual({ groupId, own });
      }),
    );
  });
});

describe("a topic id of the creator's own choice", () => {
  const mark = `${community}@TOPIC#_`;

  it.each(["TestTopic", "TestTopic_1", " ", "a@TOPIC#_b", "@TGS#", "a".repeat(96 - mark.length)])(
    "may end in %j",
    (own) => {
      expect(customTopicIdProblem(mark + own, community)).toBeUndefined();
      expect(parseTopicId(mark + own)).toEqual({ groupId: community, own });
    },
  );

  it.each([
    ["", "must be printable ASCII and not empty"],
    [`${mark}规则`, "must be printable ASCII and not empty"],
    [`${mark}${"a".repeat(97 - mark.length)}`, "is 97 bytes long, at most 96 are allowed"],
    ["TestTopic", `must be ${mark} followed by the topic's own part`],
    [mark, `must be ${mark} followed by the topic's own part`],
    ["@TGS#_@TGS#cOTHER@TOPIC#_TestTopic", `must be ${mark} followed by the topic's own part`],
    [`${mark}@TOPIC#c1`, "must contain neither @TOPIC#_@TOPIC# nor, after @TOPIC#_, @TGS#_"],
    [`${mark}a@TOPIC#_@TOPIC#b`, "must contain neither @TOPIC#_@TOPIC# nor, after @TOPIC#_, @TGS#_"],
    [`${mark}a@TGS#_b`, "must contain neither @TOPIC#_@TOPIC# nor, after @TOPIC#_, @TGS#_"],
  ])("may not be %j", (id, problem) => {
    expect(customTopicIdProblem(id, community)).toBe(problem);
  });

  it("is read back as what it was made of, wherever it is allowed", () => {
    fc.assert(
      fc.property(serial, printable(96), (part, own) => {
        const groupId = generatedGroupId("Community", part);
        const id = `${groupId}@TOPIC#_${own}`;
        fc.pre(customTopicIdProblem(id, groupId) === undefined);
        expect(parseTopicId(id)).toEqual({ groupId, own });
      }),
    );
  });
});
