import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { createManualClock } from "../../../../../test/harness/manual-clock.ts";
import { cloudEvent } from "../cloud-event.ts";
import { sampleEvent, sinkContract } from "../sink.contract.ts";
import { openFileSink } from "./file-sink.ts";

const NOW = Date.UTC(2026, 10, 22, 11, 0, 0);
const never = new AbortController().signal;
const text = (position: number): string => cloudEvent(sampleEvent(position)).text;

function linesOf(folder: string): string[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => readFileSync(join(folder, name), "utf8").split("\n").slice(0, -1));
}

async function openIn(folder: string, { rotateBytes = 1_000_000, rotateAfter = 60_000, now = NOW } = {}) {
  const clock = createManualClock(now);
  const sink = await openFileSink({ folder, rotateBytes, rotateAfter }, clock);
  onTestFinished(() => sink.close());
  const deliver = (...positions: number[]) =>
    sink.deliver(
      positions.map((position) => cloudEvent(sampleEvent(position))),
      never,
    );
  return { sink, clock, deliver };
}

sinkContract("a folder of files", async () => {
  const folder = join(temporaryFolder(), "events");
  const away = `${folder}.away`;
  const sink = await openFileSink({ folder, rotateBytes: 30_000, rotateAfter: 1_000 }, createManualClock(NOW));
  return {
    sink,
    kept: async () => linesOf(folder),
    // What is open goes on where it is: so nothing is open.
    async crash() {
      await sink.close();
      renameSync(folder, away);
      writeFileSync(folder, "no folder");
    },
    async restart() {
      rmSync(folder);
      renameSync(away, folder);
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

describe("a file sink", () => {
  it("names files by number and time, and lets owner and group read them", async () => {
    const folder = join(temporaryFolder(), "a", "b");
    const { deliver } = await openIn(folder);
    expect(readdirSync(folder)).toEqual([]);
    await deliver(1);
    expect(readdirSync(folder)).toEqual(["events-000001-20261122T110000Z.jsonl"]);
    expect(statSync(join(folder, "events-000001-20261122T110000Z.jsonl")).mode & 0o777).toBe(0o640);
  });

  it("begins another file once one is large, and goes on there after a start", async () => {
    const folder = temporaryFolder();
    const first = await openIn(folder, { rotateBytes: 1_500 });
    for (let position = 1; position <= 5; position += 1) await first.deliver(position);
    await first.sink.close();
    expect(readdirSync(folder)).toHaveLength(2);
    const second = await openIn(folder, { rotateBytes: 1_500 });
    await second.deliver(6);
    expect(readdirSync(folder)).toHaveLength(2);
    await second.deliver(7, 8);
    await second.deliver(9);
    expect(readdirSync(folder)).toHaveLength(3);
    expect(linesOf(folder)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map(text));
  });

  it("begins another file once one is old, by the time in its name", async () => {
    const folder = temporaryFolder();
    const first = await openIn(folder);
    await first.deliver(1);
    first.clock.advance(59_999);
    await first.deliver(2);
    await first.sink.close();
    const second = await openIn(folder, { now: NOW + 60_000 });
    await second.deliver(3);
    expect(readdirSync(folder).toSorted()).toEqual([
      "events-000001-20261122T110000Z.jsonl",
      "events-000002-20261122T110100Z.jsonl",
    ]);
    expect(linesOf(folder)).toEqual([1, 2, 3].map(text));
  });

  it.each([1, 10, 70_000, 200_000])(
    "cuts half a line of %d bytes off when it is opened, and nothing else",
    async (length) => {
      const folder = temporaryFolder();
      const first = await openIn(folder);
      await first.deliver(1, 2);
      await first.sink.close();
      const path = join(folder, "events-000001-20261122T110000Z.jsonl");
      const whole = readFileSync(path, "utf8");
      appendFileSync(path, `{${"x".repeat(length - 1)}`);
      const second = await openIn(folder);
      expect(readFileSync(path, "utf8")).toBe(whole);
      await second.deliver(3);
      expect(linesOf(folder)).toEqual([1, 2, 3].map(text));
    },
  );

  it("begins a file that has nothing but half a line anew", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "events-000007-20261122T110000Z.jsonl"), "{".repeat(70_000));
    writeFileSync(join(folder, "notes.txt"), "somebody else's");
    const { deliver } = await openIn(folder);
    await deliver(1);
    expect(readFileSync(join(folder, "events-000007-20261122T110000Z.jsonl"), "utf8")).toBe(`${text(1)}\n`);
    expect(readFileSync(join(folder, "notes.txt"), "utf8")).toBe("somebody else's");
  });

  it.each<[string, (folder: string, name: string) => void]>([
    ["file is deleted", (folder, name) => rmSync(join(folder, name))],
    ["file is moved away", (folder, name) => renameSync(join(folder, name), join(temporaryFolder(), name))],
    ["folder is deleted", (folder) => rmSync(folder, { recursive: true })],
  ])("begins another file where the %s that is being written", async (_what, takeAway) => {
    const folder = join(temporaryFolder(), "events");
    const { deliver } = await openIn(folder);
    await deliver(1);
    takeAway(folder, "events-000001-20261122T110000Z.jsonl");
    await deliver(2);
    await deliver(3);
    expect(readdirSync(folder)).toEqual(["events-000002-20261122T110000Z.jsonl"]);
    expect(linesOf(folder)).toEqual([2, 3].map(text));
  });
});
