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
});
