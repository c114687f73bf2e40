import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { createLog, systemClock } from "@muster/foundation";

import { openStore } from "../packages/server/src/store/open-store.ts";
import { startProgram, type Program } from "../test/harness/program.ts";

/** How many callbacks are put into the outbox with one commit. */
const AT_ONCE = 5_000;

/** Puts callbacks into a store's outbox, spread over lanes in turn. */
export async function fillOutbox(
  setting: string,
  sdkAppId: number,
  { callbacks, lanes }: { readonly callbacks: number; readonly lanes: number },
): Promise<void> {
  const { store, close } = await openStore(setting, { clock: systemClock, log: createLog("bench", "error") });
  for (let from = 0; from < callbacks; from += AT_ONCE) {
    await store.write(sdkAppId, async (tx) => {
      for (let i = from; i < Math.min(from + AT_ONCE, callbacks); i += 1) {
        const lane = laneOf(i, lanes);
        await tx.enqueue({
          id: `bench-${i}`,
          lane,
          command: "Group.CallbackAfterCreateGroup",
          body: bodyOf(lane),
          clientIp: "127.0.0.1",
          platform: "RESTAPI",
          acceptedAt: systemClock.now(),
        });
      }
    });
  }
  await close();
}

/** The same bodies, one for each lane, for peers that post them in turn. */
export function bodiesOf(lanes: number): string[] {
  return Array.from({ length: lanes }, (_, i) => bodyOf(laneOf(i, lanes)));
}

/** Starts a server, in a process of its own, that delivers to a URL what the store holds that is configured. */
export function startOnBacklog(folder: string, store: string, sdkAppId: number, url: string): Program {
  const callback = { url, token: "the-token", allowPrivateNetwork: true };
  const server = { port: 0, store, logLevel: "error" };
  const config = join(folder, "muster.json");
  writeFileSync(config, JSON.stringify({ server, apps: [{ sdkAppId, secretKey: "the-key", callback }] }));
  return startProgram(["serve", "--config", config]);
}

const laneOf = (i: number, lanes: number): string => `@TGS#2GROUP${i % lanes}`;

const MemberList = Array.from({ length: 16 }, (_, i) => ({ Member_Account: `member-${i}` }));

/** About 700 bytes, as in the measurements that this one is compared with. */
function bodyOf(GroupId: string): string {
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
