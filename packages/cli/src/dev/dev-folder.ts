import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { makeFolder } from "@muster/foundation";
import { callbackRow, callbackSwitches } from "@muster/protocol";

import { CommandFailure } from "../failure.ts";

/** The app that `muster dev` starts with. */
const DEMO_APP = 1400000001;

/** Where a running `muster dev` is to be found: what it leaves in its folder for other programs to read. */
export interface DevState {
  readonly server: string;
  readonly recorder: string;
  readonly sdkAppId: number;
  readonly secretKey: string;
  readonly administrator: string;
  /** Of the server's admin API; absent where the configuration has none. */
  readonly adminToken?: string | undefined;
}

const STATE_FILE = "dev.json";

/**
 * The configuration file of a folder, made with secrets of its own on the first run and left alone afterwards:
 * whoever changes it keeps the change.
 */
export function devConfigFile(folder: string): string {
  const file = join(folder, "muster.json");
  if (existsSync(file)) return file;
  const token = secret();
  const config = {
    server: { port: 9000, store: `sqlite:${join(folder, "server.db")}`, adminToken: secret(), logLevel: "warn" },
    apps: [
      {
        sdkAppId: DEMO_APP,
        name: "demo",
        secretKey: secret(),
        administrators: ["administrator"],
        features: { community: true, topic: true },
        groupCustomFields: ["UserDefined1", "UserDefined2"],
        callback: {
          url: "http://127.0.0.1:9100/callback",
          token,
          allowPrivateNetwork: true,
          switches: callbackSwitches.filter((command) => callbackRow(command).kind === "after"),
        },
      },
    ],
    recorder: {
      port: 9100,
      path: "/callback",
      store: `sqlite:${join(folder, "recorder.db")}`,
      apps: [{ sdkAppId: DEMO_APP, token }],
      logLevel: "warn",
    },
  };
  writePrivate(folder, file, config);
  return file;
}

export function writeDevState(folder: string, state: DevState): void {
  writePrivate(folder, join(folder, STATE_FILE), state);
}

/**
 * What the `muster dev` that ran last in a folder left there.
 * @throws {CommandFailure} where none has run
 */
export function readDevState(folder: string): DevState {
  try {
    return JSON.parse(readFileSync(join(folder, STATE_FILE), "utf8")) as DevState;
  } catch {
    throw new CommandFailure(`Nothing has been started in ${folder} yet: run npm start first, in another terminal.`);
  }
}

function secret(): string {
  return randomBytes(32).toString("hex");
}

function writePrivate(folder: string, file: string, content: unknown): void {
  try {
    makeFolder(folder);
    writeFileSync(file, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CommandFailure(`The folder ${folder} cannot be written to (${why}): choose another with --folder.`);
  }
}
