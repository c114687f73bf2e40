import type { PendingCallback } from "../../packages/server/src/ports/outbox.ts";

/** A callback on its way to the app of tests. */
export const pendingCallback: PendingCallback = {
  id: "0b1b1f5e-6a3c-4f0e-9f0e-0c6f1a2b3c4d",
  sdkAppId: 1400000001,
  lane: "@TGS#2J4SZEAEL",
  position: 7,
  sequence: 42,
  attempts: 0,
  command: "Group.CallbackAfterGroupDestroyed",
  body: '{"CallbackCommand":"Group.CallbackAfterGroupDestroyed","Name":"Chess ♞"}',
  clientIp: "192.0.2.7",
  platform: "iOS",
  acceptedAt: 1_700_000_000_000,
};
