import { settings, systemClock, type MigrationEvent, type StoreMigration } from "@muster/foundation";
import { isRecorderStore, migrateRecorderStore } from "@muster/recorder";
import { migrateServerStore, moveApp } from "@muster/server";
import { Command, InvalidArgumentError } from "commander";

import { parseSdkAppId } from "./options.ts";
import { createOutput, type Output } from "./output.ts";

interface Options {
  readonly from: string;
  readonly to: string;
  readonly app?: number;
  readonly json?: boolean;
}

/** How often a person is shown how far it is, in ms. */
const SHOWN_EVERY = 100;

/** `muster migrate-store`: from one file to PostgreSQL, or an app from one server's store to another's. */
export const migrateStoreCommand = new Command("migrate-store")
  .description(
    "copy the server's or the recorder's store from a SQLite file to PostgreSQL, or move one app from a server's store to " +
      "another server's; what is killed goes on when started again",
  )
  .requiredOption(
    "--from <store>",
    "the store now: sqlite:PATH, while nothing runs on it, or of an app postgres://… too, whose servers go on with others",
    parseStore,
  )
  .requiredOption(
    "--to <store>",
    "a database without data of that program, or without that app: postgres://user:password@host/db",
    parseUrl,
  )
  .option(
    "--app <sdkappid>",
    "move this app alone; what runs at --to goes on, and serves it when all is there",
    parseSdkAppId,
  )
  .option("--json", "JSON lines, at a terminal too, and how far it is among them")
  .addHelpText(
    "after",
    "\nExamples:\n  $ muster migrate-store --from sqlite:.muster/server.db --to postgres://muster@db.internal/muster\n" +
      "  $ muster migrate-store --app 1400000001 --from postgres://muster@cell-1/muster --to postgres://muster@cell-7/muster\n" +
      "\nThe password can come from PGPASSWORD or ~/.pgpass. Nothing is changed in a file that is copied but its schema; an app " +
      "that has moved is no longer where it was.",
  )
  .action(async ({ from, to, app, json = false }: Options, command: Command) => {
    const output = createOutput(json);
    const onEvent = reporter(output, json);
    if (app !== undefined) {
      const { wasComplete, rows } = await moveApp({ app, from, to, onEvent, clock: systemClock });
      output.tell({ event: wasComplete ? "complete" : "moved", app, rows });
      output.say(wasComplete ? `Nothing to do: the app ${app} has moved before.` : moved(app, rows));
      return;
    }
    if (!settings.isSqlite(from)) {
      command.error(`error: option '--from <store>' argument '${withoutPassword(from)}' is invalid. ${NEEDS_FILE}`);
    }
    const path = settings.sqlitePath(from);
    const migration: StoreMigration = { from: path, to, onEvent };
    if (isRecorderStore(path)) {
      const { wasComplete, rows } = await migrateRecorderStore(migration);
      output.tell({ event: wasComplete ? "complete" : "migrated", program: "recorder", rows });
      output.say(done("recorder", wasComplete, rows));
    } else {
      const { wasComplete, rows, sealedApps, keyFile } = await migrateServerStore(migration);
      const event = wasComplete ? "complete" : "migrated";
      output.tell({ event, program: "server", rows, sealedApps, ...(keyFile && { keyFile }) });
      output.say(done("server", wasComplete, rows));
      if (sealedApps > 0) output.say(keyNeeded(sealedApps, keyFile));
    }
  });

function reporter(output: Output, json: boolean): (event: MigrationEvent) => void {
  const show = output.forPerson ? progressLine() : undefined;
  return (event) => {
    show?.(event);
    // A program that did not ask is told of what is done alone.
    if (json || (event.event !== "copying" && event.event !== "verifying")) output.tell({ ...event });
    tellPerson(output, event);
  };
}

function tellPerson({ say, colors }: Output, event: MigrationEvent): void {
  if (event.event === "begun") say(`${event.rows} rows are copied. If this is interrupted, start it again.`);
  else if (event.event === "resumed") say(`Of ${event.rows} rows, those that are missing are copied.`);
  else if (event.event === "verified") say(`${colors.green("verified")} ${event.table}: ${event.rows}`);
}

function moved(app: number, rows: number): string {
  return (
    `The app ${app} has moved: ${rows} rows. Enter it at its new cell, lead its users and REST calls there, and take it out of ` +
    "the old one. If that is a file, do so before a server starts on it."
  );
}

function done(program: string, wasComplete: boolean, rows: number): string {
  return wasComplete
    ? "Nothing to do: this store was migrated before."
    : `All ${rows} rows are in PostgreSQL. Set ${program}.store to it, and start no ${program} on the file any more.`;
}

function keyNeeded(sealedApps: number, keyFile: string | undefined): string {
  const key = keyFile === undefined ? "to what it was" : `to the text in ${keyFile}, unless it was set before`;
  return `Settings of ${sealedApps} apps are encrypted: set server.encryptionKey ${key}.`;
}

/** Writes how far it is over itself, on standard error. */
function progressLine(): (event: MigrationEvent) => void {
  let shownAt = 0;
  return (event) => {
    if (event.event !== "copying" && event.event !== "verifying") {
      process.stderr.write("\r\u001B[K");
      return;
    }
    const now = performance.now();
    if (now - shownAt < SHOWN_EVERY) return;
    shownAt = now;
    process.stderr.write(`\r\u001B[K${event.event} ${event.table}: ${event.rows} of ${event.of} …`);
  };
}

const NEEDS_FILE = "It must be sqlite: followed by the path of the program's file.";

function parseStore(text: string): string {
  if (settings.isSqlite(text) ? settings.sqlitePath(text) === "" : !isUrl(text))
    throw new InvalidArgumentError(NEEDS_FILE);
  return text;
}

function parseUrl(text: string): string {
  if (!isUrl(text)) {
    throw new InvalidArgumentError("It must be postgres://user:password@host:port/database.");
  }
  return text;
}

function isUrl(text: string): boolean {
  return /^postgres(ql)?:\/\/.+/.test(text);
}

function withoutPassword(url: string): string {
  return url.replace(/:[^:@/]*@/, ":…@");
}
