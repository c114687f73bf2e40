import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { systemClock } from "@muster/foundation";
import { expect, it, onTestFinished } from "vitest";

import { demoApp, demoCallback } from "../../../../test/harness/demo-app.ts";
import { hostilities, startHostile, type Hostility } from "../../../../test/harness/hostile.ts";
import { pendingCallback } from "../../../../test/harness/pending-callback.ts";
import type { Attempt, AttemptOutcome } from "../ports/outbox.ts";
import { createTracing } from "../open-telemetry.ts";
import { createHttpSender } from "./http-sender.ts";

const ATTEMPTS = 200;
/** How many are under way at once, and how long each may take in ms: short where it will be waited for. */
const waysOf = ({ outcomes }: Hostility): { atOnce: number; deadline: number; mayEnd: readonly string[] } =>
  outcomes.some((outcome) => outcome.endsWith("-timeout"))
    ? // A busy machine does not come as far in that time.
      { atOnce: ATTEMPTS, deadline: 700, mayEnd: [...outcomes, "connect-timeout", "headers-timeout"] }
    : { atOnce: 64, deadline: 10_000, mayEnd: outcomes };
/** The classes of attempts that were answered to the end. */
const ofWholeAnswers: ReadonlySet<AttemptOutcome> = new Set(["delivered", "status", "not-json"]);
/** What attempts may leave behind, in bytes: buffers that are not collected yet. */
const LEFT_BEHIND = 8 * 1_048_576;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

function memory(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function senderTo(url: string, deadline: number): (number: number) => Promise<Attempt> {
  const app = { ...demoApp, callback: demoCallback(url) };
  const sender = createHttpSender(
    { get: () => app, all: () => [app], isClosed: () => false },
    systemClock,
    createTracing(),
    { deadline },
  );
  onTestFinished(() => sender.close());
  return async (number) => {
    const attempt = await sender.send(pendingCallback, number);
    if (!attempt) throw new Error("nothing was sent");
    return attempt;
  };
}

it.each(Object.entries<Hostility>(hostilities))(
  "an endpoint that %s has attempts that end in time, say what happened, and leave nothing behind",
  { timeout: 60_000 },
  async (_name, hostility) => {
    const endpoint = await startHostile(hostility);
    const { atOnce, deadline, mayEnd } = waysOf(hostility);
    const attempt = senderTo(endpoint.url, deadline);
    const attempts = [await attempt(0)];
    const before = memory();
    let next = 0;
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        while (next < ATTEMPTS) attempts.push(await attempt((next += 1)));
      }),
    );
    const ends = [...new Set(attempts.map(({ outcome }) => outcome))];
    expect(mayEnd).toEqual(expect.arrayContaining(ends));
    expect(ends.some((outcome) => hostility.outcomes.includes(outcome))).toBe(true);
    // Beyond the deadline there is only what a busy machine adds.
    expect(Math.max(...attempts.map(({ durationMs }) => durationMs))).toBeLessThan(deadline + 5_000);
    const told = attempts.filter(({ outcome }) => outcome !== "delivered").map(({ error = "" }) => error);
    expect(told.filter((error) => error === "" || error.includes("127.0.0.1"))).toEqual([]);
    // A connection that anything went wrong on is not used again: none is left but those with whole answers.
    const mayBeKept = attempts.some(({ outcome }) => ofWholeAnswers.has(outcome)) ? Infinity : 0;
    await expect.poll(endpoint.open, { timeout: 10_000 }).toBeLessThanOrEqual(mayBeKept);
    // The endpoint's own buffers go with its connections.
    await expect.poll(() => memory() - before, { timeout: 10_000 }).toBeLessThan(LEFT_BEHIND);
  },
);
