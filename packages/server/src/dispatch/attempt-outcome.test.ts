import { readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

import { attemptOutcomes } from "../ports/outbox.ts";

it("the guide explains each way in which an attempt ends, and no other", () => {
  const guide = readFileSync(join(import.meta.dirname, "../../../../docs/guides/deliveries.md"), "utf8");
  const [, section = ""] = guide.split("## How an attempt ends\n");
  const explained = [...(section.split("\n## ")[0] ?? "").matchAll(/^\| `([^`]+)` /gm)].map(([, name]) => name);
  expect(explained.slice(1)).toEqual(attemptOutcomes);
});
