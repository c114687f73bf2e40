import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLog, systemClock } from "@muster/foundation";
import { appsSection, serverConfig, serverSection, startServer } from "@muster/server";

import { openSqliteStore } from "../../packages/server/src/store/sqlite/open-store.ts";
import { startBenchEndpoint } from "../endpoint.ts";
import { figure, type Figure } from "../figure.ts";
import { bareUndici } from "../rivals/bare-undici.ts";

const GROUPS = 2_000;
const CALLBACKS = Number(process.env["CAMPAIGN_CALLBACKS"] ?? 40_000);
const IN_FLIGHT = 64;
const SDK_APP_ID = 1400000001;

/** How fast a backlog is delivered, every attempt and result written with fsync, beside the same posts alone. */
export async function drain(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const endpoint = await startBenchEndpoint();
  try {
    const store = join(folder, "server.db");
    const bodies = await fill(store);
    const bare = await bareUndici(endpoint.url, bodies, IN_FLIGHT);
    await endpoint.forget();
    const ours = await deliver(store, endpoint.url, async () => (await endpoint.account()).distinct);
    const account = await endpoint.account();
    if (account.distinct !== CALLBACKS || account.outOfOrder > 0) {
      throw new Error(`the figure does not count: ${JSON.stringify(account)}`);
    }
    return [
      figure("deliveries of a backlog", ours, "/s", {
        peer: { name: "undici posting the same bodies, nothing stored", value: bare },
      }),
    ];
  } finally {
    endpoint.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(path: string): Promise<string[]> {
  const { store, close } = openSqliteStore(path);
  const bodies: string[] = [];
  for (let from = 0; from < CALLBACKS; from += GROUPS) {
    await store.write(SDK_APP_ID, async (tx) => {
      for (let i = from; i < Math.min(from + GROUPS, CALLBACKS); i += 1) {
        const lane = `@TGS#2GROUP${i % GROUPS}`;
        const body = bodyOf(lane);
        bodies.push(body);
        await tx.enqueue({
          id: `bench-${i}`,
          lane,
          command: "Group.CallbackAfterCreateGroup",
          body,
          clientIp: "127.0.0.1",
          platform: "RESTAPI",
          acceptedAt: systemClock.now(),
        });
      }
    });
  }
  await close();
  return bodies;
}

/** About 700 bytes, as in the measurements that this one is compared with. */
function bodyOf(GroupId: string): string {
  const MemberList = Array.from({ length: 16 }, (_, i) => ({ Member_Account: `member-${i}` }));
  return JSON.stringify({
    CallbackCommand: "Group.CallbackAfterCreateGroup",
    GroupId,
    Operator_Account: "administrator",
    Owner_Account: "leckie",
    Type: "Public",
    Name: "MyFirstGroup",
    MemberList,
    EventTime: systemClock.now(),
  });
}

async function deliver(store: string, url: string, delivered: () => Promise<number>): Promise<number> {
  const settings = serverSection.parse({ port: 0, store: `sqlite:${store}` });
  const callback = { url, token: "the-token", allowPrivateNetwork: true };
  const apps = appsSection.parse([{ sdkAppId: SDK_APP_ID, secretKey: "the-key", callback }]);
  const startedAt = performance.now();
  const server = await startServer(serverConfig(settings, apps), {
    clock: systemClock,
    log: createLog("bench", "error"),
  });
  while ((await delivered()) < CALLBACKS) await new Promise((resolve) => setTimeout(resolve, 20));
  const seconds = (performance.now() - startedAt) / 1000;
  await server.stop();
  return CALLBACKS / seconds;
}
