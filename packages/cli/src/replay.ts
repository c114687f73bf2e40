import { Command } from "commander";

import { adminApi, withAdminOptions, type AdminOptions } from "./admin-api.ts";
import { parseCount, parseInstant, parseSdkAppId } from "./options.ts";
import { createOutput } from "./output.ts";

interface Options extends AdminOptions {
  readonly sdkappid?: number;
  readonly group?: string;
  readonly command?: string;
  readonly from?: string;
  readonly to?: string;
  readonly dead?: true;
  readonly json?: true;
}

interface Replayed {
  readonly queued: number;
  readonly waiting: number;
  readonly next?: string | null;
}

/** `muster replay`: delivers once more what a running server has delivered, or given up. */
export const replay = withAdminOptions(new Command("replay"))
  .description("deliver callbacks again: one, a group's, those of a time, all dead letters")
  .argument("[position]", "one delivery, as GET /admin/v1/deliveries names it", parseCount)
  .option("--sdkappid <number>", "the app; with a position, it must be this app's", parseSdkAppId)
  .option("--dead", "dead letters")
  .option("--group <id>", "this group's")
  .option("--command <name>", "this command's, e.g. Group.CallbackAfterGroupDestroyed")
  .option("--from <time>", "accepted at this time or later, e.g. 2026-11-22T08:00:00Z (or ms since 1970)", parseInstant)
  .option("--to <time>", "accepted before this time, given like --from", parseInstant)
  .option("--json", "JSON lines, at a terminal too")
  .addHelpText(
    "after",
    "\nExample:\n  $ muster replay --sdkappid 1400000001 --dead --config muster.json\n" +
      "  $ muster replay --sdkappid 1400000001 --group '@TGS#2J4SZEAEL' --from 2026-11-22T08:00:00Z\n" +
      "  $ MUSTER_ADMIN_TOKEN=… muster replay 4711 --url https://im.example.com",
  )
  .action(async (position: number | undefined, options: Options, program: Command) => {
    const { sdkappid: sdkAppId, group: groupId, command, from, to, dead } = options;
    const chosen = { groupId, command, from, to, ...(dead && { state: "dead" }) };
    const isChosen = Object.values(chosen).some((value) => value !== undefined);
    if (position === undefined ? sdkAppId === undefined || !isChosen : isChosen) {
      program.error(
        "error: name one delivery by its position, or an app with --sdkappid and at least one of --dead, --group, --command, --from, --to",
      );
    }
    const call = adminApi(options);
    const output = createOutput(options.json ?? false);
    const ofApp = sdkAppId === undefined ? "" : `?sdkAppId=${sdkAppId}`;
    const path = position === undefined ? "/deliveries/replay" : `/deliveries/${position}/replay${ofApp}`;
    const total = { queued: 0, waiting: 0 };
    let next: string | null | undefined;
    do {
      const body = position === undefined ? { sdkAppId, ...chosen, ...(next && { next }) } : {};
      const done = (await call("POST", path, body)) as Replayed;
      total.queued += done.queued;
      total.waiting += done.waiting;
      ({ next } = done);
      if (next) {
        output.tell({ event: "progress", ...total, next });
        if (output.forPerson) process.stderr.write(`\r${total.queued} queued …`);
      }
    } while (next);
    if (output.forPerson) process.stderr.write("\r");
    output.tell({ event: "queued", ...total });
    output.say(`${total.queued} queued to be delivered again; ${total.waiting} wait for delivery already.`);
  });
