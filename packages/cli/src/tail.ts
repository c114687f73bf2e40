import { setTimeout as delay } from "node:timers/promises";

import { Command } from "commander";
import { EventSourceParserStream } from "eventsource-parser/stream";

import { askRecorder, type AskedRecorder } from "./ask-recorder.ts";
import { parseHttpUrl } from "./options.ts";
import { createOutput, type Output } from "./output.ts";
import { printable } from "./printable.ts";
import { recorderTokenOption } from "./recorder-token.ts";

/** How soon a lost connection is tried again, in ms. */
const RECONNECT_DELAY = 1_000;

interface Options extends AskedRecorder {
  readonly group?: string;
  readonly command?: string;
  readonly after?: string;
  readonly json?: true;
}

/** The time as people read it off their own clock. */
const clock = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
});

/** What a line is made of; the rest of the event is printed as it came. */
interface KeptEvent {
  readonly position: string | number;
  readonly command: string | null;
  readonly groupId: string | null;
  readonly receivedAt: number;
  readonly eventTime: number | null;
  readonly attempt: number | null;
  readonly fault: string | null;
}

/** `muster tail`: callbacks as the recorder keeps them, until it is interrupted. */
export const tail = new Command("tail")
  .description("show callbacks as they happen, as the recorder keeps them")
  .option("--url <url>", "the recorder", parseHttpUrl, "http://127.0.0.1:9100")
  .addOption(recorderTokenOption("--token <text>"))
  .option("--group <id>", "only this group's")
  .option("--command <name>", "only this command's, e.g. Group.CallbackAfterGroupDestroyed")
  .option("--after <position>", "begin after this position of the journal (0 for all) instead of now")
  .option("--json", "JSON lines, at a terminal too")
  .addHelpText(
    "after",
    "\nExample:\n  $ muster tail --group '@TGS#2J4SZEAEL'\n  $ muster tail --after 0 --json | head -3",
  )
  .action(async (options: Options) => {
    const output = createOutput(options.json ?? false);
    let after = options.after;
    for (let connectedOnce = false, isAway = false; ;) {
      const response = await open(options, after).catch((error: unknown) => {
        if (!connectedOnce) throw error;
        return undefined;
      });
      if (response) {
        connectedOnce = true;
        isAway = false;
        for await (const { id, data } of messages(response)) {
          after = id ?? after;
          print(output, JSON.parse(data) as KeptEvent);
        }
      }
      if (output.forPerson && !isAway) process.stderr.write("The recorder is away; trying again …\n");
      isAway = true;
      await delay(RECONNECT_DELAY);
    }
  });

function open({ group, command, ...recorder }: Options, after: string | undefined): Promise<Response> {
  const stream = new URL("/v1/stream", recorder.url);
  if (group !== undefined) stream.searchParams.set("group", group);
  if (command !== undefined) stream.searchParams.set("command", command);
  if (after !== undefined) stream.searchParams.set("after", after);
  return askRecorder(recorder, stream, "text/event-stream");
}

async function* messages(response: Response): AsyncGenerator<{ id?: string | undefined; data: string }> {
  if (!response.body) return;
  try {
    yield* response.body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  } catch (error) {
    // A connection that breaks off ends the stream; where it left off is known.
    if (!(error instanceof TypeError)) throw error;
  }
}

function print(output: Output, event: KeptEvent): void {
  if (!output.forPerson) {
    output.tell({ ...event });
    return;
  }
  const { bold, cyan, dim, red, yellow } = output.colors;
  const time = clock.format(event.receivedAt);
  const took = event.eventTime === null ? "" : dim(` +${event.receivedAt - event.eventTime} ms`);
  const again = event.attempt !== null && event.attempt > 1 ? yellow(` attempt ${event.attempt}`) : "";
  const fault = event.fault === null ? "" : red(` ${printable(event.fault)}`);
  const name = printable(event.command ?? "?").replace("Group.Callback", "");
  output.say(`${dim(time)} ${bold(name.padEnd(22))} ${cyan(printable(event.groupId ?? ""))}${took}${again}${fault}`);
}
