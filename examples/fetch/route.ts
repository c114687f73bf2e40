/** `app/callback/route.ts` of a Next app; the same function goes to `Deno.serve`, `Bun.serve` and a Worker. */
import { createMemoryInbox, createReceiver } from "@muster/receiver";
import { fetchHandler } from "@muster/receiver/fetch";

export const app = { sdkAppId: 1400000001, token: "the token that both sides know" };
export const inbox = createMemoryInbox();

const receiver = createReceiver({ apps: [{ sdkAppId: app.sdkAppId, tokens: [app.token] }], inbox });

export const POST = fetchHandler(receiver);
