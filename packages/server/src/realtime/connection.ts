import {
  ErrorCode,
  KICKED_CLOSE_CODE,
  parseJson,
  PING,
  requestFrame,
  type LoginReply,
  type NoticeFrame,
  type ReplyFrame,
  userRequests,
} from "@muster/protocol";
import { failureInfo } from "../failure-info.ts";
import type { Logger } from "@muster/foundation";
import type { WebSocket } from "ws";
import * as z from "zod/mini";

import { refuse } from "../commands/command.ts";
import type { Result } from "../commands/execute.ts";
import { servedApp } from "../commands/served-app.ts";
import { logIn, type Device, type LoginPorts } from "./login.ts";
import type { Session } from "./sessions.ts";
import { createToldInOrder } from "./told-in-order.ts";
import { callEnd } from "../tracing.ts";
import { handleUserRequest } from "./user-requests.ts";

export interface ConnectionPorts extends LoginPorts {
  readonly log: Logger;
}

/** How long a connection may take to log in, in ms. */
const LOGIN_TIMEOUT = 10_000;
/** How often a silent connection is asked for a sign of life, in ms; without one until the next it is cut. */
const PING_INTERVAL = 30_000;
/** Most requests of one connection that wait for their turn. */
const MAX_WAITING = 256;
/** And most bytes of them. */
const MAX_WAITING_BYTES = 1_048_576;
/** The same of a connection that is not logged in: whoever that is shall not have memory kept for them. */
const MAX_UNKNOWN_WAITING = 8;
const MAX_UNKNOWN_BYTES = 16_384;
/** A connection that lets this many bytes pile up does not read, and is cut. */
const MAX_UNSENT_BYTES = 1_048_576;

/** Close codes of WebSocket (RFC 6455) and of Muster's own (4000 and up). */
const CLOSE = {
  loggedOut: 1000,
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
  const { executor, sessions, clock, log } = ports;
  let session: Session | undefined;
  let turn: Promise<void> = Promise.resolve();
  let waiting = 0;
  let waitingBytes = 0;
  let alive = true;
  let isSilent = false;
  let isKicked = false;
  // What was missed comes behind the login's reply.
  const told = createToldInOrder(send);
  let afterReply: (() => void) | undefined;
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
    isKicked = true;
    send({ event: "closing", body: { reason: "the app ended the user's sessions" } });
    socket.close(CLOSE.kicked, "kicked");
  }

  function watchLife(): void {
    cancelTimer = clock.after(PING_INTERVAL, () => {
      if (!alive) {
        isSilent = true;
        socket.terminate();
        return;
      }
      alive = false;
      socket.ping();
      watchLife();
    });
  }

  async function login(body: unknown): Promise<Result<LoginReply>> {
    const device: Device = {
      clientIp,
      isOpen: () => socket.readyState === socket.OPEN,
      tell: told.tell,
      end: kicked,
      cut: () => socket.terminate(),
    };
    const outcome = await logIn(ports, device, body);
    if (!outcome.ok) return outcome;
    const { own, reply, missed } = outcome.result;
    session = own;
    afterReply = () => told.begin(reply.position, missed);
    cancelTimer();
    watchLife();
    return { ok: true, result: reply };
  }

  async function carryOut(command: string, body: unknown): Promise<Result<unknown>> {
    if (!session) {
      if (command === "login") return await login(body);
      return refuse(ErrorCode.BadCredentials, "log in first");
    }
    if (command === "login") return refuse(ErrorCode.InvalidParameter, "this connection is logged in already");
    // What had come by then and waited for its turn is not done in the name of a credential that is void.
    if (isKicked) return refuse(ErrorCode.UserSigExpired, "the app ended the user's sessions");
    const { sdkAppId, userId, platform } = session;
    const served = servedApp(executor.apps, sdkAppId);
    if (!served.ok) return served;
    const name = Object.hasOwn(userRequests, command) ? command : "unknown";
    const span = executor.tracing.begin(name, "server", undefined);
    const caller = { userId, isAdministrator: false, clientIp, platform, traceparent: span.traceparent };
    let code: number = ErrorCode.Internal;
    try {
      const result = await handleUserRequest(executor, served.app, caller, command, body);
      code = result.ok ? ErrorCode.Ok : result.refusal.code;
      return result;
    } finally {
      span.end(() => callEnd(code));
    }
  }

  async function answer(id: number, command: string, body: unknown): Promise<void> {
    let outcome: Result<unknown>;
    try {
      outcome = await carryOut(command, body);
    } catch (error) {
      log.error({ err: error, command }, "a request failed");
      outcome = refuse(ErrorCode.Internal, failureInfo(error));
    }
    if (outcome.ok) send({ id, code: ErrorCode.Ok, info: "", body: outcome.result });
    else send({ id, code: outcome.refusal.code, info: outcome.refusal.info });
    if (!session) socket.close(CLOSE.loginFailed, "not logged in");
    afterReply?.();
    afterReply = undefined;
  }

  socket.on("message", (data: Buffer) => {
    alive = true;
    // A connection that ends takes nothing on any more: nobody would hear of it.
    if (socket.readyState !== socket.OPEN) return;
    if (!session && data.length > MAX_UNKNOWN_BYTES) {
      socket.close(CLOSE.tooMuch, `a login has at most ${MAX_UNKNOWN_BYTES} bytes`);
      return;
    }
    const json = parseJson(data);
    const frame = json.ok ? z.safeParse(requestFrame, json.value) : undefined;
    if (!frame?.success) {
      socket.close(CLOSE.unreadable, "frames are JSON objects with id, command and body");
      return;
    }
    const most = session ? MAX_WAITING : MAX_UNKNOWN_WAITING;
    if (waiting >= most) {
      socket.close(CLOSE.tooMuch, `more than ${most} requests wait for their answers`);
      return;
    }
    if (waiting > 0 && waitingBytes + data.length > MAX_WAITING_BYTES) {
      socket.close(CLOSE.tooMuch, `requests of more than ${MAX_WAITING_BYTES} bytes wait for their answers`);
      return;
    }
    const { id, command, body } = frame.data;
    if (command === PING && session) {
      // Not in its turn: it asks about the connection, whatever else takes its time.
      send({ id, code: ErrorCode.Ok, info: "", body: {} });
      return;
    }
    waiting += 1;
    waitingBytes += data.length;
    turn = turn.then(async () => {
      await answer(id, command, body);
      waiting -= 1;
      waitingBytes -= data.length;
    });
  });
  socket.on("pong", () => {
    alive = true;
  });
  socket.on("error", (error) => {
    log.debug({ err: error }, "a connection failed");
  });
  socket.on("close", (code) => {
    cancelTimer();
    const meant = code === CLOSE.loggedOut || code === CLOSE.kicked ? "closed" : "lost";
    if (session) sessions.remove(session, isSilent ? "silent" : meant);
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
