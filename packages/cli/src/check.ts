import { checkBackend, type Verdict } from "@muster/receiver/testing";
import { Command } from "commander";

import { parseCount, parseHttpUrl, parseSdkAppId } from "./options.ts";
import { createOutput, type Output } from "./output.ts";
import { printable } from "./printable.ts";

interface Options {
  readonly url: string;
  readonly sdkappid: number;
  readonly token?: string;
  readonly deadline?: number;
  readonly json?: true;
}

/** The width of the first two columns at a terminal. */
const VERDICT_WIDTH = 9;
const TITLE_WIDTH = 46;

/** `muster check`: whether an app backend does with callbacks what the contract says. */
export const check = new Command("check")
  .description("test any app backend against the contract of the callbacks, and say what to do about it")
  .requiredOption("--url <url>", "where the backend takes callbacks", parseHttpUrl)
  .requiredOption("--sdkappid <number>", "the app", parseSdkAppId)
  .option("--token <text>", "the app's token; without it what is about signatures is left out")
  .option("--deadline <ms>", "how long an answer may take; 2000, as documented, where it is left out", parseCount)
  .option("--json", "JSON lines, at a terminal too")
  .addHelpText(
    "after",
    `
What is sent is about the group @TGS#verify, which cannot exist, and carries the header muster-verify: 1. What a
backend does with such callbacks all the same (log, count, keep) it does with these. The recorder keeps nothing of
them but the two that cannot be read, which it puts aside.

Exit status 1 says that the backend failed something; warnings do not count.

Example:
  $ muster check --url http://127.0.0.1:3000/callback --sdkappid 1400000001 --token TOKEN`,
  )
  .action(async ({ url, sdkappid, token, deadline, json }: Options) => {
    const output = createOutput(json ?? false);
    const verdicts = await checkBackend({
      url,
      sdkAppId: sdkappid,
      token,
      ...(deadline !== undefined && { deadlineMs: deadline }),
      onVerdict: (verdict) => row(output, verdict),
    });
    sum(output, verdicts);
    if (verdicts.some(({ verdict }) => verdict === "failed")) process.exitCode = 1;
  });

function row(output: Output, verdict: Verdict): void {
  const { green, red, yellow, dim } = output.colors;
  const paint = { passed: green, warning: yellow, failed: red, skipped: dim }[verdict.verdict];
  output.tell({ ...verdict });
  const name = paint(verdict.verdict.padEnd(VERDICT_WIDTH));
  output.say(`${name}${verdict.title.padEnd(TITLE_WIDTH)}${dim(printable(verdict.reason))}`);
  if (verdict.remedy !== undefined) output.say(`${" ".repeat(VERDICT_WIDTH)}→ ${verdict.remedy}`);
}

function sum(output: Output, verdicts: readonly Verdict[]): void {
  const count = (which: Verdict["verdict"]) => verdicts.filter(({ verdict }) => verdict === which).length;
  const [passed, warned, failed, left] = [count("passed"), count("warning"), count("failed"), count("skipped")];
  const words = `${passed} passed, ${warned} with a warning, ${failed} failed, ${left} skipped.`;
  output.say(`\n${failed > 0 ? output.colors.red(words) : output.colors.bold(words)}`);
}
