import { createClient, EVENT, type Client, type ClientOptions, type EventName } from "@muster/client";
import { createLog, systemClock, type ClientTimeouts, type Clock } from "@muster/foundation";
import { callbackSwitches, signUserSig, type UserSigClaims } from "@muster/protocol";
import { appsSection, serverConfig, serverSection, startServer } from "@muster/server";
import { onTestFinished } from "vitest";

import { startEndpoint, type Endpoint } from "./endpoint.ts";
import { temporaryFolder } from "./folder.ts";
import { patient } from "./patient.ts";
import { restApi, type RestCall } from "./rest.ts";
import { storeIn } from "./store.ts";

export const sdkAppId = 1400000001;
const secretKey = "the-key-of-the-demo-app";

/** An IM backend, the app's own backend that it calls, and app users. */
export interface Im {
  readonly url: string;
  readonly rest: RestCall;
  readonly backend: Endpoint;
  /** A client that is logged in, by default as on the web. */
  readonly login: (userID: string, options?: Partial<ClientOptions>) => Promise<Client>;
  readonly stop: () => Promise<void>;
}

export interface ImSetting {
  readonly folder?: string;
  readonly clock?: Clock;
  /** The callbacks that are on; all that tell of something where they are absent. */
  readonly switches?: readonly string[];
  /** How much the app may have; as much as usual where it is absent. */
  readonly quantities?: object;
  readonly timeouts?: ClientTimeouts;
}

/** Starts an IM backend with one app, whose own backend hears of everything. */
export async function startIm({
  folder = temporaryFolder(),
  clock = systemClock,
  switches = callbackSwitches.filter((name) => name.includes("CallbackAfter")),
  quantities = {},
  timeouts = {},
}: ImSetting = {}): Promise<Im> {
  const backend = await startEndpoint();
  const server = await startServer(
    serverConfig(
      serverSection.parse({ port: 0, store: await storeIn(folder, "server") }),
      appsSection.parse([
        {
          sdkAppId,
          secretKey,
          features: { community: true, topic: true },
          groupCustomFields: ["Colour"],
          quantities,
          callback: { url: backend.url, allowPrivateNetwork: true, switches },
        },
        { sdkAppId: sdkAppId + 1, secretKey },
      ]),
    ),
    { clock, timeouts, log: createLog("server", "silent"), ...patient },
  );
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= server.stop());
  onTestFinished(stop);
  const { url } = server;
  return {
    url,
    backend,
    stop,
    rest: await restApi(url, { sdkAppId, secretKey, administrator: "administrator" }),
    async login(userID, options) {
      const client = createClient({ url, sdkAppId, ...options });
      onTestFinished(() => client.logout());
      await client.login({ userID, userSig: await userSigFor(userID) });
      return client;
    },
  };
}

export function userSigFor(userId: string, claims: Partial<UserSigClaims> = {}, key = secretKey): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return signUserSig({ sdkAppId, userId, issuedAt: now, expiresIn: 86_400, ...claims }, key);
}

export interface Heard {
  readonly name: EventName;
  readonly data: unknown;
}

/** What a client tells from some moment on. */
export interface Ear {
  readonly events: readonly Heard[];
  /** Resolves once so much has been heard. */
  readonly heard: (count: number) => Promise<readonly Heard[]>;
}

export function listen(client: Client): Ear {
  const events: Heard[] = [];
  const waiting = new Set<() => void>();
  for (const name of Object.values(EVENT)) {
    client.on(name, ({ data }) => {
      events.push({ name, data });
      for (const look of waiting) look();
    });
  }
  return {
    events,
    heard: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (events.length >= count) resolve(events);
        };
        waiting.add(look);
        look();
      }),
  };
}
