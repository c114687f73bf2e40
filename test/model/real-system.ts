import { createClient, type Client } from "@muster/client";
import { createLog, systemClock, type Clock } from "@muster/foundation";
import { callbackSwitches, signUserSig } from "@muster/protocol";
import { appsSection, serverConfig, serverSection, startServer, type RunningServer } from "@muster/server";
import { onTestFinished, vi } from "vitest";
import { Pool } from "undici";

import { ADMIN_TOKEN, ENCRYPTION_KEY } from "../harness/admin.ts";
import { startEndpoint, type Arrival } from "../harness/endpoint.ts";
import { temporaryFolder } from "../harness/folder.ts";
import { patient } from "../harness/patient.ts";
import type { RestAnswer } from "../harness/rest.ts";
import { storeIn } from "../harness/store.ts";
import { app as names, type Quantities } from "./world.ts";

/** When a sequence begins, in ms since 1970. */
export const START = 1_700_000_000_000;

const SECRET_KEY = "the-key-of-every-app";
const FIRST_APP = 1_400_000_001;
/** Apps of one server; each sequence of commands has one to itself, so that each begins with an empty world. */
const APPS = 100;
/** Every third app may have so little that most sequences want more. */
const LITTLE = {
  newGroupsPerDay: 5,
  groups: 6,
  avChatRooms: 1,
  groupsPerUser: 6,
  topicsPerCommunity: 3,
  membersPerGroup: { Work: 3, Public: 3, Meeting: 3, Community: 3 },
};
const ANY = Infinity;
/** What the others may have. */
const USUAL: Quantities = {
  newGroupsPerDay: 10_000,
  groups: ANY,
  avChatRooms: ANY,
  groupsPerUser: 5_000,
  topicsPerCommunity: 200,
  membersPerGroup: { Work: 6_000, Public: 6_000, Meeting: 6_000, Community: 100_000, AVChatRoom: 4_294_967_295 },
};

/** How long callbacks may take until they have all come, in ms. */
const PATIENCE = 60_000;

/** One app of a server that runs, with nothing in it. */
export interface RealApp {
  readonly sdkAppId: number;
  readonly quantities: Quantities;
  rest(name: string, body: unknown): Promise<RestAnswer>;
  /** A device of a user, logged in. */
  login(userID: string): Promise<Client>;
  /** All numbered callbacks of the app, in the order in which they came, once none is pending any more. */
  callbacks(): Promise<readonly Arrival[]>;
  /** Lets time go by, in seconds. */
  advance(time: number): void;
  now(): number;
  end(): Promise<void>;
}

export interface RealSystem {
  nextApp(): Promise<RealApp>;
}

/** Servers as many as needed, one after another, and the endpoint that their callbacks come to. */
export async function startRealSystem(): Promise<RealSystem> {
  const endpoint = await startEndpoint();
  let now = START;
  const clock: Clock = { now: () => now, after: systemClock.after };
  let running: { readonly server: RunningServer; readonly pool: Pool } | undefined;
  let used = 0;

  async function stop(): Promise<void> {
    await running?.pool.close();
    await running?.server.stop();
    running = undefined;
  }
  onTestFinished(stop);

  async function start(): Promise<{ server: RunningServer; pool: Pool }> {
    await stop();
    const afterwards = callbackSwitches.filter((name) => !name.includes("Before"));
    const apps = Array.from({ length: APPS }, (_, i) => ({
      sdkAppId: FIRST_APP + used + i,
      secretKey: SECRET_KEY,
      features: { community: true, topic: true },
      groupCustomFields: names.groupFields,
      memberCustomFields: names.memberFields,
      ...(hasLittle(used + i) ? { quantities: LITTLE } : {}),
      // Every other app is also asked before, and agrees: that must change nothing.
      callback: { url: endpoint.url, allowPrivateNetwork: true, switches: i % 2 === 0 ? afterwards : callbackSwitches },
    }));
    const store = await storeIn(temporaryFolder(), "server");
    const config = serverConfig(
      serverSection.parse({ port: 0, store, adminToken: ADMIN_TOKEN, encryptionKey: ENCRYPTION_KEY }),
      appsSection.parse(apps),
    );
    const server = await startServer(config, { clock, log: createLog("server", "silent"), ...patient });
    running = { server, pool: new Pool(server.url, { connections: 1 }) };
    return running;
  }

  return {
    async nextApp() {
      now = START;
      const { server, pool } = running && used % APPS !== 0 ? running : await start();
      const sdkAppId = FIRST_APP + used;
      used += 1;
      const sign = (userId: string) =>
        signUserSig({ sdkAppId, userId, issuedAt: START / 1000, expiresIn: 31_536_000 }, SECRET_KEY);
      const usersig = encodeURIComponent(await sign(names.administrator));
      const query = `sdkappid=${sdkAppId}&identifier=${names.administrator}&usersig=${usersig}&random=1&contenttype=json`;
      const clients: Client[] = [];
      const before = endpoint.arrivals.length;
      const membersPerGroup = { ...USUAL.membersPerGroup, ...LITTLE.membersPerGroup };
      return {
        sdkAppId,
        quantities: hasLittle(sdkAppId - FIRST_APP) ? { ...LITTLE, membersPerGroup } : USUAL,
        async rest(name, body) {
          const [service = "", command = ""] = name.split("/");
          const path = `/v4/${service}${service === "im_open_login" ? "_svc" : "_http_svc"}/${command}?${query}`;
          const response = await pool.request({ path, method: "POST", body: JSON.stringify(body) });
          return (await response.body.json()) as RestAnswer;
        },
        async login(userID) {
          const client = createClient({ url: server.url, sdkAppId });
          clients.push(client);
          await client.login({ userID, userSig: await sign(userID) });
          return client;
        },
        async callbacks() {
          await vi.waitUntil(async () => (await pendingOf(pool, sdkAppId)) === 0, { timeout: PATIENCE, interval: 5 });
          return endpoint.arrivals
            .slice(before)
            .filter(({ url, headers }) => url.includes(`SdkAppid=${sdkAppId}&`) && headers["muster-sequence"]);
        },
        advance(time) {
          now += time * 1000;
        },
        now: () => now,
        async end() {
          await Promise.all(clients.map((client) => client.logout()));
        },
      };
    },
  };
}

/** Whether the app of a number is one of those that may have little. */
function hasLittle(number: number): boolean {
  return number % 3 === 0;
}

/** How many callbacks of an app are not settled yet. */
async function pendingOf(pool: Pool, sdkAppId: number): Promise<unknown> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const { body } = await pool.request({ path: `/admin/v1/apps/${sdkAppId}/endpoint`, method: "GET", headers });
  return ((await body.json()) as { pending: unknown }).pending;
}
