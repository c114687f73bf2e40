import fc from "fast-check";
import { expect, it } from "vitest";

import { readQuery } from "./query.ts";

const names = ["SdkAppid", "CallbackCommand", "ClientIP", "OptPlatform", "Sign", "RequestTime"] as const;

/** Texts that have to do with queries more often than chance would have it. */
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom("&", "=", "?", "+", "%", "%53", "%zz", "%C3", "é", "\ud800", ...names, "Sig%6E", "Request%54ime"),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join("").replaceAll("#", ""));

it("a query is read as URLSearchParams reads it, what is given twice left out", () => {
  fc.assert(
    fc.property(text, (query) => {
      const expected = new URLSearchParams(query.toWellFormed());
      const one = (name: string) => {
        const values = expected.getAll(name);
        return values.length === 1 ? values[0] : undefined;
      };
      expect(readQuery(`/callback?${query}#Sign=x`)).toMatchObject({
        sdkAppId: one("SdkAppid"),
        command: one("CallbackCommand"),
        clientIp: one("ClientIP"),
        platform: one("OptPlatform"),
        sign: one("Sign"),
        requestTime: one("RequestTime"),
      });
    }),
    { numRuns: 2_000 },
  );
});

it("what is left of a query is the rest of it as it came, without what proves its sender", () => {
  /** Names and values but for the proof; which question marks belong to names depends on what stands first. */
  const others = (query: URLSearchParams) =>
    [...query]
      .map(([name, value]): [string, string] => [name.replace(/^\?+/, ""), value])
      .filter(([name]) => !["", "Sign", "RequestTime"].includes(name));
  fc.assert(
    fc.property(text, (query) => {
      const left = new URLSearchParams(readQuery(`?${query}`).raw);
      expect([left.has("Sign"), left.has("RequestTime")]).toEqual([false, false]);
      expect(others(left)).toEqual(others(new URLSearchParams(query.toWellFormed())));
    }),
    { numRuns: 2_000 },
  );
});

it.each(["", "/callback", "/callback#a?Sign=x", "https://app.example.com/callback#?SdkAppid=1"])(
  "%j has no query",
  (url) => {
    expect(readQuery(url)).toMatchObject({ sdkAppId: undefined, sign: undefined, raw: "" });
  },
);
