import { Writable } from "node:stream";

import { pino } from "pino";
import { expect, it } from "vitest";

import { createRepeats } from "./repeats.ts";

function listening() {
  const lines: Record<string, unknown>[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      lines.push(JSON.parse(chunk.toString("utf8")) as (typeof lines)[number]);
      done();
    },
  });
  const time = { now: 0 };
  const log = pino({ base: null, hooks: { logMethod: createRepeats(() => time.now) } }, stream);
  return { lines, time, log, said: () => lines.map(({ msg, repeats }) => [msg, repeats]) };
}

it("says a failure once a minute, and then how often it was there meanwhile", () => {
  const { log, time, said } = listening();
  for (let i = 0; i < 1_000; i += 1) log.error({ err: new Error("away"), command: `c${i}` }, "a command failed");
  time.now = 59_999;
  log.error({ err: new Error("away") }, "a command failed");
  time.now = 60_000;
  log.error({ err: new Error("away"), command: "last" }, "a command failed");
  time.now = 120_000;
  log.error({ err: new Error("away") }, "a command failed");
  expect(said()).toEqual([
    ["a command failed", undefined],
    ["a command failed", 1_000],
    ["a command failed", undefined],
  ]);
});

it("tells failures apart by what they say, and keeps everything else", () => {
  const { log, lines, said } = listening();
  for (let i = 0; i < 2; i += 1) {
    log.error({ err: new Error("away") }, "a command failed");
    log.error({ err: new TypeError("away") }, "a command failed");
    log.error({ err: new Error("gone") }, "a command failed");
    log.warn({ err: new Error("away") }, "trying again");
    log.warn({ sdkAppId: 1 }, "no error");
    log.info("text alone");
  }
  expect(said().map(([msg]) => msg)).toEqual([
    "a command failed",
    "a command failed",
    "a command failed",
    "trying again",
    "no error",
    "text alone",
    "no error",
    "text alone",
  ]);
  expect(lines[0]).toMatchObject({ err: { type: "Error", message: "away" }, level: 50 });
});

it("remembers no more than some hundreds of failures", () => {
  const { log, lines } = listening();
  for (let i = 0; i < 257; i += 1) log.error({ err: new Error(`different ${i}`) }, "failed");
  log.error({ err: new Error("different 0") }, "failed");
  log.error({ err: new Error("different 256") }, "failed");
  expect(lines).toHaveLength(258);
});
