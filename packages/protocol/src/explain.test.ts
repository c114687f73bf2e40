import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { explain } from "./explain.ts";
import { byteText } from "./scalars/byte-text.ts";
import { eventTime } from "./scalars/event-time.ts";

function problems(schema: z.core.$ZodType, value: unknown): string[] {
  const { error } = z.safeParse(schema, value, { reportInput: true });
  return error ? explain(error) : [];
}

describe("what is wrong, and where", () => {
  it("is nothing for what fits", () => {
    expect(problems(z.object({ Name: z.string() }), { Name: "MyFirstGroup" })).toEqual([]);
  });

  it("begins with the place", () => {
    const schema = z.object({
      Name: z.string(),
      MemberList: z.array(z.object({ Role: z.literal("Admin") })),
    });
    expect(problems(schema, { Name: 7, MemberList: [{ Role: "Admin" }, { Role: "Owner" }] })).toEqual([
      "Name must be a string",
      'MemberList[1].Role must be "Admin"',
    ]);
  });

  it("begins with the value where the whole is wrong", () => {
    expect(problems(z.object({}), [])).toEqual(["the value must be an object"]);
  });

  it("names a list's item where the list is the whole", () => {
    expect(problems(z.array(z.array(z.string())), [["a"], ["b", 1]])).toEqual(["[1][1] must be a string"]);
  });

  it("names every problem, not the first alone", () => {
    const schema = z.object({ a: z.string(), b: z.number(), c: z.boolean() });
    expect(problems(schema, { c: "yes" })).toEqual(["a is required", "b is required", "c must be a boolean"]);
  });

  it.each([
    ["a missing field", z.object({ a: z.string() }), {}, "a is required"],
    ["a missing number", z.object({ a: z.int() }), {}, "a is required"],
    ["null", z.object({ a: z.string() }), { a: null }, "a must be a string"],
    ["an object for a list", z.object({ a: z.array(z.string()) }), { a: {} }, "a must be an array"],
    ["a text for an integer", z.object({ a: z.int() }), { a: "1" }, "a must be a number"],
    ["a fraction", z.object({ a: z.int() }), { a: 1.5 }, "a must be an integer"],
    ["one of several", z.object({ a: z.enum(["On", "Off"]) }), { a: "on" }, 'a must be "On" or "Off"'],
    ["one of several numbers", z.object({ a: z.literal([0, 1]) }), { a: 2 }, "a must be 0 or 1"],
    ["too small a number", z.object({ a: z.int().check(z.gte(1)) }), { a: 0 }, "a must be at least 1"],
    ["a number on the open side", z.object({ a: z.int().check(z.positive()) }), { a: 0 }, "a must be more than 0"],
    ["too big a number", z.object({ a: z.int().check(z.lte(9)) }), { a: 10 }, "a must be at most 9"],
    ["a number at the open end", z.object({ a: z.int().check(z.lt(9)) }), { a: 9 }, "a must be less than 9"],
    ["an empty text", z.object({ a: z.string().check(z.minLength(1)) }), { a: "" }, "a must not be empty"],
    ["an empty list", z.object({ a: z.array(z.string()).check(z.minLength(1)) }), { a: [] }, "a must not be empty"],
    [
      "too short a list",
      z.object({ a: z.array(z.string()).check(z.minLength(2)) }),
      { a: [] },
      "a must have at least 2 items",
    ],
    [
      "too long a list",
      z.object({ a: z.array(z.string()).check(z.maxLength(1)) }),
      { a: ["b", "c"] },
      "a must have at most 1 item",
    ],
    [
      "too long a text",
      z.object({ a: z.string().check(z.maxLength(2)) }),
      { a: "abc" },
      "a must have at most 2 characters",
    ],
    [
      "a text of another form",
      z.object({ a: z.string().check(z.regex(/^\d+$/)) }),
      { a: "x" },
      "a does not have the form /^\\d+$/",
    ],
    ["an unknown field", z.strictObject({ a: z.string() }), { a: "", b: 1 }, "the value has an unknown field: b"],
    ["unknown fields", z.strictObject({}), { a: 1, b: 1 }, "the value has unknown fields: a, b"],
    ["a choice of forms", z.object({ a: eventTime }), { a: true }, "a must be a number"],
    [
      "what a check of our own says",
      z.object({ a: byteText(2) }),
      { a: "abc" },
      "a is too long: 3 bytes of UTF-8, at most 2 are allowed",
    ],
  ])("is told of %s", (_, schema, value, sentence) => {
    expect(problems(schema, value)).toEqual([sentence]);
  });
});
