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
    const loaded = loadServerConfig(options.config, process.env);
    const config = { ...loaded, port: options.port ?? loaded.port };
    const server = await startServer(config, { clock: systemClock, log: createLog("server", config.logLevel) });
    runUntilStopped(server);
    announce("server", server.url);
  });
