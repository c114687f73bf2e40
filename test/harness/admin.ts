import { createLog, systemClock, type Clock, type Logger } from "@muster/foundation";
import { appsSection, serverConfig, serverSection, startServer } from "@muster/server";
import { onTestFinished } from "vitest";

import { temporaryFolder } from "./folder.ts";
import { patient } from "./patient.ts";
import { storeIn } from "./store.ts";

/** The token of the admin APIs of tests. */
export const ADMIN_TOKEN = "the-token-of-the-admin-api";
/** What nodes that share a store seal settings with; a server that has it to itself makes a key of its own otherwise. */
export const ENCRYPTION_KEY = "a key that is long enough to be one";

/** What the admin API answers. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** What is sent beside method and path. */
export interface AdminSending {
  /** Written as JSON; a text goes as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A server with its admin API on. */
export interface AdminServer {
  readonly url: string;
  /** Its store, as it is configured. */
  readonly store: string;
  /** Calls a path below `/admin/v1`, with the token. */
  call(method: string, path: string, sending?: AdminSending): Promise<AdminAnswer>;
  stop(): Promise<void>;
}

export interface AdminSetting {
  readonly folder?: string;
  readonly clock?: Clock;
  readonly log?: Logger;
  /** The apps of the configuration file. */
  readonly apps: readonly Readonly<Record<string, unknown>>[];
  readonly server?: Readonly<Record<string, unknown>>;
}

/** Starts a server for the running test, on a store on disk. */
export async function startAdminServer(setting: AdminSetting): Promise<AdminServer> {
  const { folder = temporaryFolder(), clock = systemClock, log = createLog("server", "silent"), apps } = setting;
  const store = await storeIn(folder, "server");
  const section = { port: 0, store, adminToken: ADMIN_TOKEN, encryptionKey: ENCRYPTION_KEY, ...setting.server };
  const config = serverConfig(serverSection.parse(section), appsSection.parse(apps));
  const server = await startServer(config, { clock, log, ...patient });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopped ??= server.stop());
  onTestFinished(stop);
  return {
    url: server.url,
    store,
    stop,
    async call(method, path, { body, headers = {} } = {}) {
      const response = await fetch(`${server.url}/admin/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${ADMIN_TOKEN}`,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>),
      };
    },
  };
}
