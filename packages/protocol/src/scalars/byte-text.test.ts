import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { explain } from "../explain.ts";
import { byteLength, byteText } from "./byte-text.ts";

describe("the length of a text on the wire", () => {
  it.each([
    ["", 0],
    ["leckie", 6],
    ["é", 2],
    ["群", 3],
    ["👥", 4],
  ])("%j is %i bytes", (text, length) => {
    expect(byteLength(text)).toBe(length);
  });
});

describe("a text of limited bytes", () => {
  const schema = byteText(30);
  const problems = (value: unknown) => {
    const { error } = z.safeParse(schema, value, { reportInput: true });
    return error ? explain(error) : [];
  };

  it.each(["", "a".repeat(30), "群".repeat(10), `${"👥".repeat(7)}éé`.slice(0, -1)])("takes %j", (text) => {
    expect(problems(text)).toEqual([]);
  });

  it.each(["a".repeat(31), `${"群".repeat(10)}a`, "👥".repeat(8)])("refuses %j", (text) => {
    expect(problems(text)).toEqual([
      `the value is too long: ${byteLength(text)} bytes of UTF-8, at most 30 are allowed`,
    ]);
  });

  it.each(["\ud800", "a\udc00b", "\udc00\ud800"])("refuses %j, which has no UTF-8 form", (text) => {
    expect(problems(text)).toEqual(["the value is not valid Unicode (a lone surrogate)"]);
  });

  it("refuses what is no text, once", () => {
    expect(problems(7)).toEqual(["the value must be a string"]);
  });

  it("takes exactly what fits", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 40 }), (text) => {
        expect(problems(text).length === 0).toBe(Buffer.byteLength(text) <= 30);
      }),
    );
  });

  it("tells its limit to whoever reads the JSON Schema, also with more checks on top", () => {
    expect(z.toJSONSchema(schema.check(z.minLength(1)))).toMatchObject({
      description: "At most 30 bytes of UTF-8.",
      minLength: 1,
    });
  });
});
