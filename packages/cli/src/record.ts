import { announce, createLog, runUntilStopped, systemClock } from "@muster/foundation";
import { startRecorder } from "@muster/recorder";
import { Command } from "commander";

import { loadRecorderConfig } from "./config.ts";
import { parsePort } from "./options.ts";

/** `muster record`: the app backend, ready to run. */
export const record = new Command("record")
  .description("run the recorder: receives callbacks, keeps every one, shows each group's life")
  .requiredOption("-c, --config <file>", "the configuration file")
  .option("-p, --port <number>", "listen on this port instead (0 takes a free one)", parsePort)
  .option("--rebuild-mirror", "make the tables of groups, members and topics anew from the journal")
  .addHelpText("after", "\nExample:\n  $ muster record --config muster.json")
  .action(async (options: { config: string; port?: number; rebuildMirror?: true }) => {
    const loaded = loadRecorderConfig(options.config, process.env);
    const config = { ...loaded, port: options.port ?? loaded.port };
    const recorder = await runUntilStopped(() =>
      startRecorder(config, {
        clock: systemClock,
        log: createLog("recorder", config.logLevel),
        rebuildMirror: options.rebuildMirror ?? false,
      }),
    );
    announce("recorder", recorder.url);
  });
