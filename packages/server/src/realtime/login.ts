import { ErrorCode, fit, loginRequest, type LoginReply, type NoticeFrame } from "@muster/protocol";
import type { Clock } from "@muster/foundation";
import type * as z from "zod/mini";

import type { App } from "../app-settings.ts";
import type { CallerVerifier } from "../auth/verify-caller.ts";
import { refuse } from "../commands/command.ts";
import type { Executor, Result } from "../commands/execute.ts";
import { importAccount } from "../commands/import-account.ts";
import { returnToRoom } from "../commands/return-to-room.ts";
import { servedApp } from "../commands/served-app.ts";
import type { Caller } from "../context.ts";
import type { NoticeLog } from "../ports/notice-log.ts";
import type { DevicePresence } from "./device-presence.ts";
import type { Session, Sessions } from "./sessions.ts";

export interface LoginPorts {
  readonly executor: Executor;
  readonly verifier: CallerVerifier;
  readonly sessions: Sessions;
  readonly presence: DevicePresence;
  readonly notices: NoticeLog;
  readonly clock: Clock;
}

/** What logs in. */
export interface Device extends Pick<Session, "clientIp" | "tell" | "end" | "cut"> {
  readonly isOpen: () => boolean;
}

export interface LoggedIn {
  readonly own: Session;
  readonly reply: LoginReply & { readonly position: number };
  /** What comes behind the reply. */
  readonly missed: readonly NoticeFrame[];
}

/**
 * Most notices that a device which comes back is told, and most bytes of them. With more it reads its groups sooner than their
 * history. It takes them at once: with much more it would be cut off as one that does not read, and so each time it comes back.
 */
const MOST_MISSED = { notices: 1_000, bytes: 524_288 };

/**
 * Logs a device in. It is among the sessions before the log is read, so that nothing falls between the two; the
 * device keeps what comes meanwhile until it has been told what it missed.
 */
export async function logIn(ports: LoginPorts, device: Device, body: unknown): Promise<Result<LoggedIn>> {
  const { executor, verifier, sessions, presence, notices, clock } = ports;
  const read = fit(loginRequest, body);
  if (!read.ok) return refuse(ErrorCode.InvalidParameter, read.problems);
  const { sdkAppId, userId, userSig, platform = "Unknown" } = read.value;
  const served = servedApp(executor.apps, sdkAppId);
  if (!served.ok) return served;
  const { app } = served;
  const verdict = await verifier.verify(app, userId, userSig, clock.now());
  if (!verdict.ok) return refuse(verdict.code, verdict.reason);
  // Whoever logs in becomes known to the app, as with Tencent's SDKs.
  const { clientIp, tell, end, cut } = device;
  const caller: Caller = { userId, isAdministrator: false, clientIp, platform };
  if ((await executor.store.read(sdkAppId).missingAccounts([userId])).length > 0) {
    const imported = await executor.execute(app, caller, importAccount, { userId, nick: "", faceUrl: "" });
    if (!imported.ok) return imported;
  }
  await notices.listen(sdkAppId, clock.now());

  const own: Session = { sdkAppId, userId, platform, clientIp, since: clock.now(), tell, end, cut };
  sessions.add(own);
  try {
    // Neither a kick nor the app's deletion, or move, has ended a session that was not there yet.
    const isServed = servedApp(executor.apps, sdkAppId);
    if (!isServed.ok) return leave(isServed, "closed");
    const still = await verifier.verify(app, userId, userSig, clock.now());
    if (!still.ok) return leave(refuse(still.code, still.reason), "closed");
    await presence.arrived(sdkAppId, userId);
    const stand = await catchUp(ports, app, caller, read.value);
    if (!device.isOpen()) return leave(refuse(ErrorCode.Timeout, "the connection is gone"), "lost");
    const rooms = sessions.rooms(sdkAppId, userId).map(([groupId]) => groupId);
    const { position, complete, missed } = stand;
    return { ok: true, result: { own, reply: { userId, position, complete, rooms }, missed } };
  } catch (error) {
    sessions.remove(own, "lost");
    throw error;
  }

  function leave<R>(outcome: R, how: "closed" | "lost"): R {
    sessions.remove(own, how);
    return outcome;
  }
}

/** Where a device stands, and what it missed. */
interface Stand {
  readonly position: number;
  readonly complete: boolean;
  readonly missed: readonly NoticeFrame[];
}

async function catchUp(
  ports: LoginPorts,
  app: App,
  caller: Caller,
  { after, rooms = [] }: z.output<typeof loginRequest>,
): Promise<Stand> {
  const { sessions, notices } = ports;
  const { sdkAppId } = app;
  const { userId } = caller;
  if (after === undefined) return { position: await notices.position(sdkAppId), complete: true, missed: [] };
  await Promise.all(rooms.map((groupId) => returnTo(ports, app, caller, groupId, after)));
  const missed = await notices.missed(sdkAppId, userId, after, sessions.rooms(sdkAppId, userId), MOST_MISSED);
  if (!missed.complete) return { ...missed, missed: [] };
  return { position: after, complete: true, missed: missed.frames };
}

/** Brings a user back into a room that the device was in, unless the user has left it elsewhere. */
async function returnTo(
  { executor, sessions, presence, notices }: LoginPorts,
  app: App,
  caller: Caller,
  groupId: string,
  after: number,
): Promise<void> {
  const { sdkAppId } = app;
  const { userId } = caller;
  if (await notices.hasLeft(sdkAppId, userId, groupId, after)) return;
  const isIn = sessions.rooms(sdkAppId, userId).some(([room]) => room === groupId);
  // First in, then asked whether that may be: so the room's end, or a ban, finds the user there. Where another device
  // has brought the user back, this one may still have missed more than that one.
  await presence.enterRoom(sdkAppId, groupId, userId, after);
  if (isIn) return;
  const outcome = await executor.execute(app, caller, returnToRoom, { groupId });
  if (!outcome.ok) await presence.leaveRoom(sdkAppId, groupId, userId);
}
