import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { cloudEvent } from "./cloud-event.ts";
import { sampleEvent } from "./sink.contract.ts";
import type { Sink } from "./sink.ts";

const printed: unknown[][] = [];
const console = { log: (...values: unknown[]) => void printed.push(values) };

// The example of sink.ts, to the letter: here it is type-checked, and run.
const terminal: Sink = {
  concurrency: 1,
  batchSize: 100,
  deliver: async (events) => {
    for (const { attributes } of events) console.log(attributes.time, attributes.type, attributes.subject);
  },
  close: async () => {},
};

it("is as simple as its example, which works", async () => {
  const linesOf = (file: string, start: string): string =>
    readFileSync(new URL(file, import.meta.url), "utf8")
      .replaceAll(/^ \* ?/gm, "")
      .split(`\n${start}`)
      .at(1)
      ?.split("\n};")[0] ?? "";
  const [example, here] = ["sink.ts", "sink.test.ts"].map((file) => linesOf(file, "const terminal: Sink = {"));
  expect(example).toContain("deliver: async (events)");
  expect(here).toBe(example);
  await terminal.deliver([cloudEvent(sampleEvent(1))], new AbortController().signal);
  expect(printed).toEqual([["2022-12-09T08:26:54.124Z", "Group.CallbackAfterGroupFull", "@TGS#2J4SZEAEL"]]);
});
