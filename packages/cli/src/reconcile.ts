import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";

import {
  createImBackend,
  createRecorderMirror,
  newReconcileState,
  reconcile as compare,
  ReconcileError,
  replayGaps,
  type Difference,
  type ReconcileState,
} from "@muster/recorder";
import { Command } from "commander";

import { adminApi } from "./admin-api.ts";
import { CommandFailure } from "./failure.ts";
import { parseCount, parseHttpUrl, parseRate, parseSdkAppId } from "./options.ts";
import { createOutput, type Output } from "./output.ts";
import { printable } from "./printable.ts";
import { createProgressBar } from "./progress-bar.ts";
import { recorderTokenOption } from "./recorder-token.ts";
import { reconcileSides, type SideOptions } from "./reconcile-sides.ts";
import { createStateFile } from "./state-file.ts";

interface Options extends SideOptions {
  readonly mend?: true;
  readonly replay?: true;
  readonly adminToken?: string;
  readonly state?: string;
  readonly restart?: true;
  readonly settle: number;
  readonly json?: true;
}

/** Between two looks at the gaps while what was asked for is being delivered, in ms. */
const LOOK_AGAIN = 500;

/** `muster reconcile`: whether the recorder's mirror says what the IM backend says. */
export const reconcile = new Command("reconcile")
  .description("compare the recorder's mirror with the IM backend (Muster or Tencent Cloud Chat), and report or mend")
  .option("-c, --config <file>", "the configuration file, for whatever the options below do not say")
  .option("--sdkappid <number>", "the app; the recorder's only one where it is absent", parseSdkAppId)
  .option("--backend <url>", "the IM backend, e.g. https://console.tim.qq.com", parseHttpUrl)
  .option("--key <text>", "the app's secret key, which the UserSig is made with")
  .option("--identifier <user>", "an administrator of the app (default: administrator)")
  .option("--recorder <url>", "the recorder (default: http://127.0.0.1:9100)", parseHttpUrl)
  .addOption(recorderTokenOption("--recorder-token <text>"))
  .option("--token <text>", "what the app's callbacks are signed with, to mend")
  .option("--rate <number>", "most calls of the backend in a second; 1 for Tencent's where it is absent", parseRate)
  .option("--mend", "hand the recorder callbacks, marked as reconciled, after which it says what the backend says")
  .option("--replay", "let a Muster server deliver the numbers that the recorder misses first")
  .option("--admin-token <text>", "the server's admin token, to replay; MUSTER_ADMIN_TOKEN where it is absent")
  .option("--state <file>", "where it is kept how far this has come (default: .muster/reconcile-APP.json)")
  .option("--restart", "begin anew, wherever the last run left off")
  .option("--settle <ms>", "wait so long before looking once more at what seems different", parseSettle, 2_000)
  .option("--json", "JSON lines, at a terminal too")
  .addHelpText(
    "after",
    `
Exit status 1 says that the two differ and not everything was mended, or that one of them cannot be asked. Broken
off, this goes on where it was.

Example:
  $ muster reconcile --config muster.json
  $ muster reconcile --backend https://console.tim.qq.com --sdkappid 1400000001 --key KEY --mend`,
  )
  .action(async (options: Options, program: Command) => {
    const sides = reconcileSides(options, process.env, (problem) => program.error(`error: ${problem}`));
    const output = createOutput(options.json ?? false);
    const { backend: im, recorder } = sides;
    const stateFile = createStateFile(options.state ?? `.muster/reconcile-${im.sdkAppId}.json`, {
      backend: im.url,
      recorder: recorder.url,
      sdkAppId: im.sdkAppId,
    });
    const state = (options.restart ? undefined : stateFile.read()) ?? newReconcileState;
    if (state !== newReconcileState) output.say(`Going on behind ${state.looked} groups; --restart begins anew.`);
    const bar = createProgressBar(output.forPerson);
    const now = (): number => Date.now();
    const mirror = createRecorderMirror({ ...recorder, now });
    try {
      if (options.replay) await fetchMissing(options, sides.backend.sdkAppId, mirror, output);
      const done = await compare({
        mirror,
        backend: createImBackend({ ...im, now, wait: delay }),
        mend: options.mend ?? false,
        now,
        state,
        settle: () => delay(options.settle),
        newId: () => `reconciled-${randomUUID()}`,
        onDifference(difference) {
          bar.clear();
          report(output, difference);
        },
        onState(reached) {
          stateFile.write(reached);
          bar.show(reached.looked, reached.total, describe(reached));
        },
      });
      bar.clear();
      stateFile.remove();
      sum(output, done);
      if (differing(done) > done.mended) process.exitCode = 1;
    } catch (error) {
      bar.clear();
      throw error instanceof ReconcileError ? new CommandFailure(error.message) : error;
    }
  });

async function fetchMissing(
  options: Options,
  sdkAppId: number,
  mirror: ReturnType<typeof createRecorderMirror>,
  output: Output,
): Promise<void> {
  const { backend: url, adminToken: token, config } = options;
  const admin = adminApi({ ...(url && { url }), ...(token && { token }), ...(config && { config }) });
  const { missing, fetched } = await replayGaps({ mirror, sdkAppId, admin, pause: () => delay(LOOK_AGAIN) });
  output.tell({ event: "replayed", missing, fetched });
  output.say(`${missing} numbers were missing; ${fetched} of them were delivered once more.`);
}

function report(output: Output, difference: Difference): void {
  output.tell({ event: "difference", ...difference });
  const { bold, red, yellow, dim } = output.colors;
  const { kind } = difference;
  const groupId = printable(difference.groupId);
  if (kind === "missing") output.say(`${red("missing  ")} ${bold(groupId)} ${dim("the backend has it")}`);
  else if (kind === "extra") output.say(`${red("extra    ")} ${bold(groupId)} ${dim("the backend does not have it")}`);
  else {
    const { field, mirror, backend } = difference;
    const sides = printable(`mirror ${JSON.stringify(mirror)}, backend ${JSON.stringify(backend)}`);
    output.say(`${yellow("different")} ${bold(groupId)} ${printable(field)}: ${sides}`);
  }
}

function sum(output: Output, state: ReconcileState): void {
  const { looked, missing, extra, different, mended } = state;
  output.tell({ event: "reconciled", agrees: differing(state) === 0, looked, missing, extra, different, mended });
  const { green, red } = output.colors;
  const words = `${looked} ${looked === 1 ? "group" : "groups"} compared: ${describe(state)}.`;
  output.say(differing(state) > mended ? red(words) : green(words));
}

function describe(state: ReconcileState): string {
  const { missing, extra, different, mended } = state;
  if (differing(state) === 0) return "they agree";
  return `${missing} missing, ${extra} extra, ${different} different${mended > 0 ? `, ${mended} mended` : ""}`;
}

function differing({ missing, extra, different }: ReconcileState): number {
  return missing + extra + different;
}

function parseSettle(text: string): number {
  return text === "0" ? 0 : parseCount(text);
}
