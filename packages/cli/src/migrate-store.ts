import { settings } from "@muster/foundation";
import { migrateStore, type Migrated, type MigrationEvent } from "@muster/server";
import { Command, InvalidArgumentError } from "commander";

import { createOutput, type Output } from "./output.ts";

interface Options {
  readonly from: string;
  readonly to: string;
  readonly json?: boolean;
}

/** How often a person is shown how far it is, in ms. */
const SHOWN_EVERY = 100;

/** `muster migrate-store`: from one file to PostgreSQL. */
export const migrateStoreCommand = new Command("migrate-store")
  .description("copy the server's store from a SQLite file to PostgreSQL; what is killed goes on when started again")
  .requiredOption("--from <store>", "the server's store now, while no server runs: sqlite:PATH", parseFile)
  .requiredOption("--to <store>", "a database without data of a server: postgres://user:password@host/db", parseUrl)
  .option("--json", "JSON lines, at a terminal too, and how far it is among them")
  .addHelpText(
    "after",
    "\nExample:\n  $ muster migrate-store --from sqlite:.muster/server.db --to postgres://muster@db.internal/muster\n" +
      "\nThe password can come from PGPASSWORD or ~/.pgpass. Nothing is changed in the file but its schema.",
  )
  .action(async ({ from, to, json = false }: Options) => {
    const output = createOutput(json);
    const show = output.forPerson ? progressLine() : undefined;
    const migrated = await migrateStore({
      from: settings.sqlitePath(from),
      to,
      onEvent(event) {
        show?.(event);
        // A program that did not ask is told of what is done alone.
        if (json || (event.event !== "copying" && event.event !== "verifying")) output.tell({ ...event });
        tellPerson(output, event);
      },
    });
    const { wasComplete, rows, sealedApps, keyFile } = migrated;
    output.tell({ event: wasComplete ? "complete" : "migrated", rows, sealedApps, ...(keyFile && { keyFile }) });
    for (const line of describe(migrated)) output.say(line);
  });

function tellPerson({ say, colors }: Output, event: MigrationEvent): void {
  if (event.event === "begun") say(`${event.rows} rows are copied. If this is interrupted, start it again.`);
  else if (event.event === "resumed") say(`Of ${event.rows} rows, those that are missing are copied.`);
  else if (event.event === "verified") say(`${colors.green("verified")} ${event.table}: ${event.rows}`);
}

function describe({ wasComplete, rows, sealedApps, keyFile }: Migrated): string[] {
  const done = wasComplete
    ? "Nothing to do: this store was migrated before."
    : `All ${rows} rows are in PostgreSQL. Set server.store to it, and start no server on the file any more.`;
  if (sealedApps === 0) return [done];
  const key = keyFile === undefined ? "to what it was" : `to the text in ${keyFile}, unless it was set before`;
  return [done, `Settings of ${sealedApps} apps are encrypted: set server.encryptionKey ${key}.`];
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

function parseFile(text: string): string {
  if (!settings.isSqlite(text) || settings.sqlitePath(text) === "") {
    throw new InvalidArgumentError("It must be sqlite: followed by the path of the server's file.");
  }
  return text;
}

function parseUrl(text: string): string {
  if (!/^postgres(ql)?:\/\/.+/.test(text)) {
    throw new InvalidArgumentError("It must be postgres://user:password@host:port/database.");
  }
  return text;
}
