import { Command, CommanderError } from "commander";

import manifest from "../package.json" with { type: "json" };
import { check } from "./check.ts";
import { dev } from "./dev/dev.ts";
import { endpoint } from "./endpoint.ts";
import { describeFailure } from "./failure.ts";
import { record } from "./record.ts";
import { replay } from "./replay.ts";
import { serve } from "./serve.ts";
import { tail } from "./tail.ts";
import { trigger } from "./trigger.ts";
import { usersig } from "./usersig.ts";

/** Exit statuses, for scripts. */
const FAILED = 1;
const USED_WRONGLY = 2;

const muster = new Command("muster")
  .description("The group system of Tencent Cloud Chat and its callbacks, self-hosted.")
  .version(manifest.version)
  .configureHelp({ showGlobalOptions: true })
  .showHelpAfterError("(--help shows how it is used)");

for (const command of [dev, serve, record, usersig, check, tail, trigger, replay, endpoint]) {
  command.copyInheritedSettings(muster);
  muster.addCommand(command);
}
for (const command of [muster, ...muster.commands]) command.exitOverride();

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
