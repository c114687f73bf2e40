import { expect, it } from "vitest";

import { printable } from "./printable.ts";

it.each([
  ["a\u001b]0;owned\u0007b", "a\\u001b]0;owned\\u0007b"],
  ["one\r\ntwo\u0085\u2028three", "one\\u000d\\u000atwo\\u0085\\u2028three"],
  ["\u202egnp.exe\u2066", "\\u202egnp.exe\\u2066"],
  ["a\0b\u007f\u009b31m", "a\\u0000b\\u007f\\u009b31m"],
  ["@TGS#_@TGS#cQVLVHIM62CJ 组 🎉 عربي", "@TGS#_@TGS#cQVLVHIM62CJ 组 🎉 عربي"],
])("shows what a terminal would obey: %j", (text, shown) => {
  expect(printable(text)).toBe(shown);
});
