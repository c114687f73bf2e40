import { systemClock } from "@muster/foundation";

import { openSqliteStore } from "../packages/server/src/store/sqlite/open-store.ts";

/** How many callbacks are put into the outbox with one commit. */
const AT_ONCE = 5_000;

/** Puts callbacks into a store's outbox, spread over lanes in turn. */
export async function fillOutbox(
  path: string,
  sdkAppId: number,
  { callbacks, lanes }: { readonly callbacks: number; readonly lanes: number },
): Promise<void> {
  const { store, close } = openSqliteStore(path);
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

/** The same bodies, for peers that are handed them. */
export function bodiesOf(callbacks: number, lanes: number): string[] {
  return Array.from({ length: callbacks }, (_, i) => bodyOf(laneOf(i, lanes)));
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
