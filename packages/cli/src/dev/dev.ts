import { announce, createLog, runUntilStopped, systemClock, type Running } from "@muster/foundation";
import { signUserSig } from "@muster/protocol";
import { startRecorder, type RecorderConfig, type RunningRecorder } from "@muster/recorder";
import { startServer, type RunningServer, type ServerConfig } from "@muster/server";
import { Command } from "commander";

import { loadRecorderConfig, loadServerConfig } from "../config.ts";
import { CommandFailure } from "../failure.ts";
import { parsePort } from "../options.ts";
import { createOutput, type Output } from "../output.ts";
import { devConfigFile, writeDevState, type DevState } from "./dev-folder.ts";

interface Options {
  readonly folder: string;
  readonly port?: number;
  readonly recorderPort?: number;
  readonly json?: true;
}

/** How long the UserSig in the line to paste is valid, in seconds. */
const PASTE_EXPIRE = 86_400;

/** `muster dev`: server and recorder with a demo app in one process; what `npm start` runs. */
export const dev = new Command("dev")
  .description("run server and recorder together with a demo app, on this machine only")
  .option("--folder <path>", "where configuration and data are kept", ".muster")
  .option("-p, --port <number>", "the server's port (0 takes a free one)", parsePort)
  .option("--recorder-port <number>", "the recorder's port (0 takes a free one)", parsePort)
  .option("--json", "JSON lines, at a terminal too")
  .addHelpText("after", "\nExample:\n  $ muster dev\n  $ muster dev --port 0 --recorder-port 0 --folder /tmp/muster")
  .action(async (options: Options) => {
    const { folder } = options;
    const file = devConfigFile(folder);
    const recorderConfig = loadRecorderConfig(file, process.env);
    const serverConfig = loadServerConfig(file, process.env);

    const { server, recorder, app } = await runUntilStopped(async () => {
      const both = await startBoth(
        { ...recorderConfig, port: options.recorderPort ?? recorderConfig.port },
        { ...serverConfig, port: options.port ?? serverConfig.port },
      );
      const [first] = both.server.apps.all();
      if (first) return { ...both, app: first };
      await both.stop();
      throw new CommandFailure(`${file} has no app that the admin API has not deleted.`);
    });
    const administrator = [...app.administrators][0] ?? "administrator";
    const secretKey = app.secretKeys[0] ?? "";
    const { adminToken } = serverConfig;
    const { sdkAppId } = app;
    const state = { server: server.url, recorder: recorder.url, sdkAppId, secretKey, administrator, adminToken };
    writeDevState(folder, state);
    announce("server", server.url);
    announce("recorder", recorder.url);
    greet(createOutput(options.json ?? false), state, folder, await lineToPaste(state));
  });

/** The recorder's port may be another than the file says: callbacks go to where it really listens. */
function sendingTo(config: ServerConfig, url: string): ServerConfig {
  return {
    ...config,
    apps: config.apps.map((app) => (app.callback ? { ...app, callback: { ...app.callback, url } } : app)),
  };
}

interface Both extends Running {
  readonly server: RunningServer;
  readonly recorder: RunningRecorder;
}

async function startBoth(recorderConfig: RecorderConfig, serverConfig: ServerConfig): Promise<Both> {
  const recorder = await startRecorder(recorderConfig, {
    clock: systemClock,
    log: createLog("recorder", recorderConfig.logLevel),
  });
  const server = await startServer(sendingTo(serverConfig, recorder.url + recorderConfig.path), {
    clock: systemClock,
    log: createLog("server", serverConfig.logLevel),
  }).catch(async (error: unknown) => {
    await recorder.stop();
    throw error;
  });
  return {
    server,
    recorder,
    // The server first, so that what it still delivers is still received.
    async stop() {
      await server.stop();
      await recorder.stop();
    },
  };
}

type Paste = { server: string; sdkAppId: number; secretKey: string; administrator: string };

async function lineToPaste({ server, sdkAppId, secretKey, administrator }: Paste): Promise<string> {
  const claims = { sdkAppId, userId: administrator, issuedAt: Math.floor(Date.now() / 1000), expiresIn: PASTE_EXPIRE };
  const query = `sdkappid=${sdkAppId}&identifier=${administrator}&usersig=${await signUserSig(claims, secretKey)}&random=1&contenttype=json`;
  const call = (command: string, body: unknown): string =>
    `curl -s '${server}/v4/group_open_http_svc/${command}?${query}' -d '${JSON.stringify(body)}'`;
  const create = call("create_group", {
    Type: "Public",
    Name: "Hello",
    GroupId: "hello",
    Owner_Account: administrator,
  });
  return `${create}; ${call("destroy_group", { GroupId: "hello" })}`;
}

function greet(output: Output, state: DevState, folder: string, paste: string): void {
  const { server, recorder, sdkAppId, adminToken } = state;
  const { bold, cyan, dim } = output.colors;
  const page = `${server}/console`;
  // Behind the #, the token goes to no server and no log; the page takes it out of its address.
  const signedIn = adminToken === undefined ? page : `${page}#token=${adminToken}`;
  output.tell({ event: "ready", console: page, server, recorder, sdkAppId, folder, paste });
  output.say(`
${bold("Muster is running.")}
  console    ${cyan(signedIn)}
  server     ${server}
  admin API  ${server}/admin/v1  ${dim(`(adminToken in ${folder}/muster.json)`)}
  recorder   ${recorder}  ${dim(`(${recorder}/v1/events)`)}
  demo app   ${sdkAppId}
  data       ${folder}

Paste this line to make a group and disband it:

  ${paste}

Then, in another terminal:  ${bold("npm run demo")}  ${dim("a group's whole life")}   ${bold("npx muster tail")}  ${dim("callbacks as they happen")}
Ctrl-C stops.
`);
}
