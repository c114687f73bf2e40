import { createCaller, type Backend, type Caller } from "./caller.ts";
import type { Check } from "./check.ts";
import {
  answerForm,
  answerTime,
  keepAlive,
  manyAtOnce,
  refusalForm,
  rightCall,
  rightCallBefore,
  stillAlive,
} from "./checks/answers.ts";
import {
  bareDuplicate,
  brokenJson,
  deepJson,
  duplicate,
  largeGroup,
  oversized,
  unknownCommand,
} from "./checks/contents.ts";
import { foreignApp, stale, twoCommands, unsigned, wronglySigned } from "./checks/senders.ts";
import { skipped, type Outcome, type Verdict } from "./verdict.ts";

/** What is checked, and how. */
export interface CheckBackendOptions extends Backend {
  /** How long a sender waits for an answer, in ms; 2 s, as documented, where it is absent. */
  readonly deadlineMs?: number;
  /** Called with each verdict as soon as there is one. */
  readonly onVerdict?: (verdict: Verdict) => void;
  /** Milliseconds since 1970; by default the machine's clock. */
  readonly now?: () => number;
}

/** The documented deadline, in ms. */
const DEADLINE_MS = 2_000;

/** How many deadlines an answer is waited for: who is too slow is told how much. */
const PATIENCE = 2.5;

/** In this order: what is right, what must be refused, what must be taken nevertheless, and last what may do harm. */
function checksOf(now: () => number): readonly Check[] {
  return [
    rightCall,
    answerForm,
    rightCallBefore,
    foreignApp,
    unsigned,
    wronglySigned,
    stale(now),
    twoCommands,
    duplicate,
    bareDuplicate,
    unknownCommand,
    manyAtOnce,
    largeGroup,
    brokenJson,
    deepJson,
    oversized,
    refusalForm,
    keepAlive,
    answerTime,
    stillAlive,
  ];
}

/**
 * Tests an app backend against the contract of the callbacks, one verdict for each check. Whatever the backend does is
 * in the verdicts: one that cannot be reached fails the first check, and the others are skipped.
 *
 * Every call is about the group `@TGS#verify`, which cannot exist, and carries `muster-verify: 1`; a backend on
 * `@muster/receiver` keeps nothing of them but the two whose bodies cannot be read.
 * @throws {TypeError} where the URL is none
 * @example
 * ```ts
 * const verdicts = await checkBackend({ url: "http://127.0.0.1:3000/callback", sdkAppId: 1400000001, token });
 * expect(verdicts.filter(({ verdict }) => verdict === "failed")).toEqual([]);
 * ```
 */
export async function checkBackend(options: CheckBackendOptions): Promise<Verdict[]> {
  const { url, sdkAppId, token, deadlineMs = DEADLINE_MS, onVerdict, now = Date.now } = options;
  const caller = createCaller({ url, sdkAppId, token }, deadlineMs * PATIENCE);
  const verdicts: Verdict[] = [];
  let over: string | undefined;
  for (const check of checksOf(now)) {
    const outcome = over === undefined ? await check.run(caller, deadlineMs) : skipped(over);
    over ??= await endAfter(check, outcome, caller);
    const verdict = { check: check.name, title: check.title, ...outcome };
    verdicts.push(verdict);
    onVerdict?.(verdict);
  }
  return verdicts;
}

/** Why nothing more can be learnt after a check; `undefined` where it goes on. */
async function endAfter(check: Check, { verdict }: Outcome, { call }: Caller): Promise<string | undefined> {
  if (check === rightCall && verdict === "failed")
    return "A right callback is not taken, so nothing follows from others.";
  if (verdict === "passed" || verdict === "skipped") return undefined;
  return (await call()).reply ? undefined : `Nothing answers any more since the check "${check.title}".`;
}
