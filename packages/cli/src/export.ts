import { once } from "node:events";

import { Command, Option } from "commander";

import { askRecorder, type AskedRecorder } from "./ask-recorder.ts";
import { CommandFailure } from "./failure.ts";
import { parseHttpUrl } from "./options.ts";
import { recorderTokenOption } from "./recorder-token.ts";

interface Options extends AskedRecorder {
  readonly table: string;
  readonly group?: string;
  readonly after?: string;
}

/** `muster export`: what the recorder has, as JSON lines. */
export const exportCommand = new Command("export")
  .description("write what the recorder has as JSON lines: the journal's events, or a table of its mirror")
  .option("--url <url>", "the recorder", parseHttpUrl, "http://127.0.0.1:9100")
  .addOption(recorderTokenOption("--token <text>"))
  .addOption(
    new Option("--table <name>", "what is written")
      .choices(["events", "groups", "members", "topics", "custom_fields", "attributes", "gaps"])
      .default("events"),
  )
  .option("--group <id>", "only this group's events")
  .option("--after <place>", "go on behind an event's position, or a row's key as a JSON array")
  .addHelpText(
    "after",
    "\nExample:\n  $ muster export > events.jsonl\n  $ muster export --after 1204 >> events.jsonl\n" +
      "  $ muster export --table members | gzip > members.jsonl.gz",
  )
  .action(async ({ table, group, after, ...recorder }: Options) => {
    const target = new URL("/v1/export", recorder.url);
    target.searchParams.set("what", table);
    if (group !== undefined) target.searchParams.set("group", group);
    if (after !== undefined) target.searchParams.set("after", after);
    const { body } = await askRecorder(recorder, target, "application/x-ndjson");
    try {
      const parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = body ?? [];
      for await (const part of parts) {
        if (!process.stdout.write(part)) await once(process.stdout, "drain");
      }
    } catch (error) {
      throw new CommandFailure(
        `The recorder at ${recorder.url} broke off (${String(error)}): go on with --after and the place of the last whole line.`,
      );
    }
  });
