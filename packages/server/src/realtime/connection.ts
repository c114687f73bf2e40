import {
  ErrorCode,
  fit,
  KICKED_CLOSE_CODE,
  loginRequest,
  parseJson,
  PING,
  requestFrame,
  type NoticeFrame,
  type ReplyFrame,
} from "@muster/protocol";
import type { Clock, Logger } from "@muster/foundation";
import type { WebSocket } from "ws";
import * as z from "zod/mini";

import type { CallerVerifier } from "../auth/verify-caller.ts";
import { noSuchApp, refuse } from "../commands/command.ts";
import type { Executor, Result } from "../commands/execute.ts";
import { importAccount } from "../commands/import-account.ts";
import type { Session, Sessions } from "./sessions.ts";
import { handleUserRequest } from "./user-requests.ts";

export interface ConnectionPorts {
  readonly executor: Executor;
  readonly verifier: CallerVerifier;
  readonly sessions: Sessions;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long a connection may take to log in, in ms. */
const LOGIN_TIMEOUT = 10_000;
/** How often a silent connection is asked for a sign of life, in ms; without one until the next it is cut. */
const PING_INTERVAL = 30_000;
/** Most requests of one connection that wait for their turn. */
const MAX_WAITING = 256;
/** A connection that lets this many bytes pile up does not read, and is cut. */
const MAX_UNSENT_BYTES = 1_048_576;

/** Close codes of WebSocket (RFC 6455) and of Muster's own (4000 and up). */
const CLOSE = {
  unreadable: 1007,
  tooMuch: 1008,
  stopping: 1001,
  loginFailed: 4001,
  loginTimeout: 4002,
  kicked: KICKED_CLOSE_CODE,
} as const;

/**
 * One device's connection. NEW until a login succeeds, then LOGGED IN; a failed login ends it. Requests are
 * carried out one after another, in the order in which they came.
 */
export function serveConnection(socket: WebSocket, clientIp: string, ports: ConnectionPorts): { stop(): void } {
  const { executor, verifier, sessions, clock, log } = ports;
  let session: Session | undefined;
  let turn: Promise<void> = Promise.resolve();
  let waiting = 0;
  let alive = true;
  let cancelTimer = clock.after(LOGIN_TIMEOUT, () => {
    socket.close(CLOSE.loginTimeout, "no login within 10 s");
  });

  function send(frame: ReplyFrame | NoticeFrame): void {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_UNSENT_BYTES) {
      socket.terminate();
      return;
    }
    socket.send(JSON.stringify(frame));
  }

  function kicked(): void {
    send({ event: "closing", body: { reason: "the app ended the user's sessions" } });
    socket.close(CLOSE.kicked, "kicked");
  }

  function watchLife(): void {
    cancelTimer = clock.after(PING_INTERVAL, () => {
      if (!alive) {
        socket.terminate();
        return;
      }
      alive = false;
      socket.ping();
      watchLife();
    });
  }

  async function login(body: unknown): Promise<Result<unknown>> {
    const read = fit(loginRequest, body);
    if (!read.ok) return refuse(ErrorCode.InvalidParameter, read.problems);
    const { sdkAppId, userId, userSig, platform = "Unknown" } = read.value;
    const app = executor.apps.get(sdkAppId);
    if (!app) return noSuchApp(sdkAppId);
    const verdict = await verifier.verify(app, userId, userSig, clock.now());
    if (!verdict.ok) return refuse(verdict.code, verdict.reason);
    // Whoever logs in becomes known to the app, as with Tencent's SDKs.
    const caller = { userId, isAdministrator: false, clientIp, platform };
    if ((await executor.store.read(sdkAppId).missingAccounts([userId])).length > 0) {
      const imported = await executor.execute(app, caller, importAccount, { userId, nick: "", faceUrl: "" });
      if (!imported.ok) return imported;
    }
    if (socket.readyState !== socket.OPEN) return refuse(ErrorCode.Timeout, "the connection is gone");
    // Those of an app that is deleted are ended as they are found: this one would not have been.
    if (!executor.apps.get(sdkAppId)) return noSuchApp(sdkAppId);
    session = { sdkAppId, userId, platform, clientIp, notify: send, end: kicked };
    sessions.add(session);
    cancelTimer();
    watchLife();
    return { ok: true, result: { userId } };
  }

  async function carryOut(command: string, body: unknown): Promise<Result<unknown>> {
    if (!session) {
      if (command === "login") return await login(body);
      return refuse(ErrorCode.BadCredentials, "log in first");
    }
    if (command === "login") return refuse(ErrorCode.InvalidParameter, "this connection is logged in already");
    const { sdkAppId, userId, platform } = session;
    const app = executor.apps.get(sdkAppId);
    if (!app) return noSuchApp(sdkAppId);
    return await handleUserRequest(
      executor,
      app,
      { userId, isAdministrator: false, clientIp, platform },
      command,
      body,
    );
  }

  async function answer(id: number, command: string, body: unknown): Promise<void> {
    let outcome: Result<unknown>;
    try {
      outcome = await carryOut(command, body);
    } catch (error) {
      log.error({ err: error, command }, "a request failed");
      outcome = refuse(ErrorCode.Internal, "internal error; nothing was changed");
    }
    if (outcome.ok) send({ id, code: ErrorCode.Ok, info: "", body: outcome.result });
    else send({ id, code: outcome.refusal.code, info: outcome.refusal.info });
    if (!session) socket.close(CLOSE.loginFailed, "not logged in");
  }

  socket.on("message", (data: Buffer) => {
    alive = true;
    // A connection that ends takes nothing on any more: nobody would hear of it.
    if (socket.readyState !== socket.OPEN) return;
    const json = parseJson(data);
    const frame = json.ok ? z.safeParse(requestFrame, json.value) : undefined;
    if (!frame?.success) {
      socket.close(CLOSE.unreadable, "frames are JSON objects with id, command and body");
      return;
    }
    if (waiting >= MAX_WAITING) {
      socket.close(CLOSE.tooMuch, `more than ${MAX_WAITING} requests wait for their answers`);
      return;
    }
    const { id, command, body } = frame.data;
    if (command === PING && session) {
      // Not in its turn: it asks about the connection, whatever else takes its time.
      send({ id, code: ErrorCode.Ok, info: "", body: {} });
      return;
    }
    waiting += 1;
    turn = turn.then(async () => {
      await answer(id, command, body);
      waiting -= 1;
    });
  });
  socket.on("pong", () => {
    alive = true;
  });
  socket.on("error", (error) => {
    log.debug({ err: error }, "a connection failed");
  });
  socket.on("close", () => {
    cancelTimer();
    if (session) sessions.remove(session);
  });

  return {
    stop() {
      void turn.then(() => {
        send({ event: "closing", body: { reason: "the server stops" } });
        socket.close(CLOSE.stopping, "the server stops");
      });
    },
  };
}
