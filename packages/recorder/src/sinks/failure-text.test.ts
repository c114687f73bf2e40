import { expect, it } from "vitest";

import { failureText } from "./failure-text.ts";

it.each<[string, unknown, string]>([
  ["an error", new Error("no\n  luck"), "no luck"],
  ["an error without a message", new TypeError(), "TypeError"],
  ["errors of several addresses", new AggregateError([new Error("refused"), new Error("too")]), "refused"],
  ["nothing", undefined, "undefined"],
  ["an object that has no text", Object.create(null), "it failed without a reason"],
  [
    "an error whose message is none",
    Object.assign(new Error(), { message: Object.create(null) }),
    "it failed without a reason",
  ],
])("has a line for %s", (_what, thrown, text) => {
  expect(failureText(thrown)).toBe(text);
});
