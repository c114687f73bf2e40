import { Argument, Command } from "commander";

import { adminApi, withAdminOptions, type AdminOptions } from "./admin-api.ts";
import { parseSdkAppId } from "./options.ts";
import { createOutput } from "./output.ts";

interface Options extends AdminOptions {
  readonly sdkappid: number;
  readonly json?: true;
}

interface Endpoint {
  readonly state: "closed" | "open" | "disabled";
  /** ms since 1970 */
  readonly failingSince?: number;
  /** ms since 1970 */
  readonly nextTry?: number;
  readonly lastOutcome?: string;
  readonly pending: number;
  readonly oldestPendingAgeMs?: number;
}

/** `muster endpoint`: how an app's callback URL is, and saying that it is back. */
export const endpoint = withAdminOptions(new Command("endpoint"))
  .description("show how an app's callback URL is, or say that it is back: what is pending is then sent at once")
  .addArgument(new Argument("[action]", "what to do").choices(["show", "revive"]).default("show"))
  .requiredOption("--sdkappid <number>", "the app", parseSdkAppId)
  .option("--json", "JSON lines, at a terminal too")
  .addHelpText(
    "after",
    "\nExample:\n  $ muster endpoint --sdkappid 1400000001 --config muster.json\n" +
      "  $ muster endpoint revive --sdkappid 1400000001 --config muster.json",
  )
  .action(async (action: "show" | "revive", options: Options) => {
    const call = adminApi(options);
    const path = `/apps/${options.sdkappid}/endpoint`;
    const found = await (action === "revive" ? call("POST", `${path}/revive`) : call("GET", path));
    const output = createOutput(options.json ?? false);
    output.tell({ event: "endpoint", sdkAppId: options.sdkappid, ...(found as Endpoint) });
    output.say(describe(found as Endpoint));
  });

function describe({ state, failingSince, nextTry, lastOutcome, pending, oldestPendingAgeMs }: Endpoint): string {
  const waiting =
    pending === 0
      ? "Nothing is pending."
      : `${pending} pending, the oldest for ${Math.round((oldestPendingAgeMs ?? 0) / 1000)} s.`;
  if (state === "closed") return `closed: all is well. ${waiting}`;
  const since = `failing (${lastOutcome}) since ${timeOf(failingSince)}`;
  return state === "open"
    ? `open: ${since}; tried again at ${timeOf(nextTry)}. ${waiting}`
    : `disabled: ${since}; sent nothing until somebody says that it is back, by muster endpoint revive. ${waiting}`;
}

function timeOf(at: number | undefined): string {
  return at === undefined ? "an unknown time" : new Date(at).toISOString();
}
