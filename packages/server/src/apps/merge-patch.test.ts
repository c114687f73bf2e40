import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { diffPatch, mergePatch } from "./merge-patch.ts";

describe("a merge patch", () => {
  // The examples of RFC 7396, appendix A.
  it.each([
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [
      ["a", "b"],
      ["c", "d"],
      ["c", "d"],
    ],
    [{ a: "b" }, ["c"], ["c"]],
    [{ a: "foo" }, null, null],
    [{ a: "foo" }, "bar", "bar"],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: "b", c: null }, { a: "b" }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])("makes of %j by %j %j", (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it("takes every key for a key", () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'));
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"polluted":true},"constructor":1}');
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
  });

  it("is the difference of two objects, whichever they are", () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string(), { maxLength: 2 }));
    const { object } = fc.letrec<{ object: Record<string, unknown>; value: unknown }>((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, leaf, tie("object")),
      object: fc.dictionary(fc.constantFrom("a", "b", "c", "__proto__"), tie("value"), { noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(object, object, (from, to) => {
        const patch = JSON.parse(JSON.stringify(diffPatch(from, to))) as unknown;
        expect(mergePatch(from, patch)).toEqual(to);
      }),
    );
  });

  it("is empty where nothing differs", () => {
    expect(diffPatch({ a: { b: [1] } }, { a: { b: [1] } })).toEqual({});
  });
});
