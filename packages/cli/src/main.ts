import { Command, CommanderError } from "commander";

import manifest from "../package.json" with { type: "json" };
import { describeFailure } from "./failure.ts";

/** Exit statuses, for scripts. */
const FAILED = 1;
const USED_WRONGLY = 2;

const muster = new Command("muster")
  .description("The group system of Tencent Cloud Chat and its callbacks, self-hosted.")
  .version(manifest.version)
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError("(--help shows how it is used)")
  .addHelpText("afterAll", "\nExit status: 0 done, 1 failed, 2 used wrongly.");

/** Each is loaded where it is named, all of them for help: a small one need not wait for the server's modules. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  dev: async () => (await import("./dev/dev.ts")).dev,
  serve: async () => (await import("./serve.ts")).serve,
  record: async () => (await import("./record.ts")).record,
  usersig: async () => (await import("./usersig.ts")).usersig,
  check: async () => (await import("./check.ts")).check,
  tail: async () => (await import("./tail.ts")).tail,
  trigger: async () => (await import("./trigger.ts")).trigger,
  replay: async () => (await import("./replay.ts")).replay,
  reconcile: async () => (await import("./reconcile.ts")).reconcile,
  export: async () => (await import("./export.ts")).exportCommand,
  "migrate-store": async () => (await import("./migrate-store.ts")).migrateStoreCommand,
  endpoint: async () => (await import("./endpoint.ts")).endpoint,
};
const named = Object.entries(commands).filter(([name]) => name === process.argv[2]);
for (const [, load] of named.length > 0 ? named : Object.entries(commands)) {
  const command = await load();
  command.copyInheritedSettings(muster);
  muster.addCommand(command.exitOverride());
}
muster.exitOverride();

// A reader that has seen enough (`| head`) closes the pipe: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

try {
  await muster.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : USED_WRONGLY;
  } else {
    process.stderr.write(`${describeFailure(error)}\n`);
    process.exitCode = FAILED;
  }
}
