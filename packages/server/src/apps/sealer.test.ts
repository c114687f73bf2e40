import { describe, expect, it } from "vitest";

import { createSealer, DamagedError, UnknownKeyError } from "./sealer.ts";

const KEY = "a-key-of-32-characters-or-more-01";

describe("what is sealed", () => {
  const sealer = createSealer(KEY, []);
  const sealed = sealer.seal(7, "the secret of the app 7");

  it("opens with the key that it was sealed with, and shows nothing of what is in it", () => {
    expect(createSealer(KEY, []).open(7, sealed)).toBe("the secret of the app 7");
    expect(sealed).not.toContain("secret");
    expect(Buffer.from(sealed, "base64url").toString("latin1")).not.toContain("secret");
  });

  it("is another each time", () => {
    expect(sealer.seal(7, "x")).not.toBe(sealer.seal(7, "x"));
  });

  it("does not open with another key", () => {
    expect(() => createSealer(`${KEY}2`, []).open(7, sealed)).toThrow(UnknownKeyError);
  });

  it("opens while its key is among the previous ones, and is not current then", () => {
    const next = createSealer(`${KEY}2`, [KEY]);
    expect(next.open(7, sealed)).toBe("the secret of the app 7");
    expect([sealer.isCurrent(sealed), next.isCurrent(sealed)]).toEqual([true, false]);
  });

  it("does not open as another app's", () => {
    expect(() => sealer.open(8, sealed)).toThrow(DamagedError);
  });

  it("does not open once any of it was changed", () => {
    const [version, key, nonce = "", rest = ""] = sealed.split(".");
    const other = (text: string): string => (text.startsWith("A") ? "B" : "A") + text.slice(1);
    const changed = [
      [version, key, other(nonce), rest],
      [version, key, nonce, other(rest)],
      [version, key, nonce, rest.slice(0, -4)],
      [version, key, nonce, ""],
      ["v2", key, nonce, rest],
    ];
    for (const parts of changed) expect(() => sealer.open(7, parts.join("."))).toThrow(DamagedError);
  });
});
