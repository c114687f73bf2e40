import { createReceiver, type CallbackRequest } from "@muster/receiver";
import { sampleCallback } from "@muster/receiver/testing";

import { figure, type Figure } from "../figure.ts";

const SDK_APP_ID = 1400000001;
const TOKEN = "the token of the benchmark";
const CALLBACKS = Number(process.env["CAMPAIGN_CALLBACKS"] ?? 200_000);
/** Different requests, so that nothing is good for one alone. */
const DIFFERENT = 1_000;
/** As many as come in while the first is answered, on 64 connections. */
const AT_ONCE = 64;

/**
 * How many signed callbacks a second of one core's time the library verifies and reads; the inbox keeps nothing. In time
 * of the processor, all threads of the process together: hashing has threads of its own.
 */
export async function verifying(): Promise<Figure[]> {
  return [
    await measured("callbacks verified by the library, with webhook-id", "muster", { atLeast: 100_000 }),
    await measured("the same as Tencent sends them: each body is hashed", "tencent"),
  ];
}

async function measured(name: string, form: "muster" | "tencent", bar?: { readonly atLeast: number }): Promise<Figure> {
  let kept = 0;
  const inbox = {
    keep() {
      kept += 1;
      return Promise.resolve("new" as const);
    },
  };
  const receiver = createReceiver({ apps: [{ sdkAppId: SDK_APP_ID, tokens: [TOKEN] }], inbox });
  const requests = await Promise.all(Array.from({ length: DIFFERENT }, (_, i) => request(i, form)));
  await handleAll(receiver.handle, requests, CALLBACKS / 10);
  kept = 0;
  const before = process.cpuUsage();
  await handleAll(receiver.handle, requests, CALLBACKS);
  const { user, system } = process.cpuUsage(before);
  if (kept !== CALLBACKS) throw new Error(`the figure does not count: ${CALLBACKS} handled, ${kept} kept`);
  return figure(name, CALLBACKS / ((user + system) / 1e6), "/s", bar ? { bar } : {});
}

async function request(i: number, form: "muster" | "tencent"): Promise<CallbackRequest> {
  const fields = { GroupId: `@TGS#2GROUP${i}`, EventTime: 1_700_000_000_000 + i };
  return await sampleCallback("Group.CallbackAfterGroupDestroyed", {
    sdkAppId: SDK_APP_ID,
    token: TOKEN,
    form,
    fields,
  });
}

async function handleAll(
  handle: (request: CallbackRequest) => Promise<{ readonly status: number }>,
  requests: readonly CallbackRequest[],
  count: number,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) {
        const given = requests[next % requests.length];
        next += 1;
        if (!given || (await handle(given)).status !== 200) throw new Error("a right callback is not taken");
      }
    }),
  );
}
