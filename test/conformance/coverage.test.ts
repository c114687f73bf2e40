import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { requirements, type Requirement } from "./requirements.ts";

/** The ids that a test's source hands to `proves`, a call in a list each. */
function provedBy(source: string): string[][] {
  const calls = [...source.matchAll(/\bproves\(([^)]*)\)/g)].map(([, ids = ""]) => ids);
  return calls.map((ids) =>
    ids
      .split(",")
      .map((id) => id.trim())
      .filter((id) => id !== ""),
  );
}

const tests = join(import.meta.dirname, "..");
const files = readdirSync(tests, { recursive: true, encoding: "utf8" }).filter(
  (name) => name.endsWith(".test.ts") && !name.endsWith("coverage.test.ts"),
);
const proved = files.flatMap((name) => provedBy(readFileSync(join(tests, name), "utf8"))).flat();
const ids = Object.keys(requirements);
const entries: readonly (readonly [id: string, requirement: Requirement])[] = Object.entries(requirements);

describe("the requirements", () => {
  it("are each proved by a test", () => {
    expect(files.length).toBeGreaterThan(0);
    expect(ids.filter((id) => !proved.includes(`"${id}"`))).toEqual([]);
  });

  it("are the only ones that are proved, by ids that are written out", () => {
    expect(proved.filter((id) => !ids.includes(id.replaceAll('"', "")) || !/^"[^"]+"$/.test(id))).toEqual([]);
  });

  it("say in one sentence what holds, and where that is written", () => {
    expect(entries.filter(([, { behaviour }]) => !/^[^.][^\n]*[^.]\.$/.test(behaviour))).toEqual([]);
    const places = /(?:https:\/\/trtc\.io\/document\/\d+|^Tencent Cloud Chat: .+|^Muster: [\w./-]+\.md)$/;
    expect(entries.filter(([, { source }]) => !places.test(source))).toEqual([]);
  });

  it("are as many as the README says", () => {
    const readme = readFileSync(join(import.meta.dirname, "..", "..", "README.md"), "utf8");
    expect(/\[(\d+) requirements\]\(test\/conformance\/requirements\.ts\)/.exec(readme)?.[1]).toBe(String(ids.length));
  });
});
