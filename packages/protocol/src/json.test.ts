import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parseJson } from "./json.ts";

const utf8 = new TextEncoder();
const read = (text: string) => parseJson(utf8.encode(text));

describe("reading JSON from outside", () => {
  it("gives what was written, whatever it was", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        expect(read(JSON.stringify(value))).toEqual({ ok: true, value: JSON.parse(JSON.stringify(value)) });
      }),
    );
  });

  it("refuses bytes that are not UTF-8", () => {
    expect(parseJson(Uint8Array.of(0x22, 0xff, 0x22))).toEqual({ ok: false, reason: "is not UTF-8" });
  });

  it.each(["", " ", "{", '{"a":1,}', "undefined", "{} {}", "// comment\n{}", "NaN"])("refuses %j", (text) => {
    expect(read(text)).toEqual({ ok: false, reason: expect.stringMatching(/^is not JSON: ./) });
  });

  it("takes 64 levels and refuses 65, of lists and of objects", () => {
    const lists = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
    for (const nested of [lists, objects]) {
      expect(read(nested(64)).ok).toBe(true);
      expect(read(nested(65))).toEqual({ ok: false, reason: "nests deeper than 64 levels" });
    }
  });

  it("refuses nesting that would wear out the reader, at once", () => {
    expect(read("[".repeat(1_000_000))).toEqual({ ok: false, reason: "nests deeper than 64 levels" });
  });

  it("does not count levels that were closed again, nor brackets inside texts", () => {
    const wide = JSON.stringify(Array.from({ length: 200 }, () => [[]]));
    const quoted = JSON.stringify({ text: `${"[".repeat(100)}\\"${"{".repeat(100)}"`, "[[[": "\\" });
    expect(read(wide).ok).toBe(true);
    expect(read(quoted).ok).toBe(true);
  });
});
