import { announce, createLog, runUntilStopped, systemClock } from "@muster/foundation";
import { startServer } from "@muster/server";
import { Command } from "commander";

import { loadServerConfig } from "./config.ts";
import { parsePort } from "./options.ts";

/** `muster serve`: the IM backend. */
export const serve = new Command("serve")
  .description("run the server: groups, the REST API, app users' connections, callbacks")
  .requiredOption("-c, --config <file>", "the configuration file")
  .option("-p, --port <number>", "listen on this port instead (0 takes a free one)", parsePort)
  .addHelpText(
    "after",
    "\nExample:\n  $ muster serve --config muster.json\n  $ MUSTER_SERVER_PORT=9001 muster serve --config muster.json",
  )
  .action(async (options: { config: string; port?: number }) => {
    const files: string[] = [];
    const loaded = loadServerConfig(options.config, process.env, (file, setting) => {
      if (/^apps\b.*\.callback\.tls\./.test(setting)) files.push(file);
    });
    const config = { ...loaded, port: options.port ?? loaded.port };
    const certificates = { files, read: () => loadServerConfig(options.config, process.env).apps };
    const log = createLog("server", config.logLevel);
    const server = await runUntilStopped(() => startServer(config, { clock: systemClock, log, certificates }));
    announce("server", server.url);
  });
