import { ErrorCode, noticeFrame, replyFrame, type NoticeFrame, type ReplyFrame } from "@muster/protocol";
import * as z from "zod/mini";

import { ClientError, ClientErrorCode } from "./client-error.ts";
import type { ConnectionEnd } from "./events.ts";
import type { WebSocketConstructor, WebSocketLike } from "./web-socket.ts";

/** What a connection is made of. */
export interface ConnectionOptions {
  readonly url: string;
  readonly WebSocket: WebSocketConstructor;
  /** How long a request may wait for its answer, connecting included, in ms. */
  readonly timeout: number;
  /** Calls `wake` once, `delay` ms from now; the returned function calls it off. */
  readonly after: (delay: number, wake: () => void) => () => void;
  readonly onNotice: (notice: NoticeFrame) => void;
  /** Called for whatever comes from the server. */
  readonly onLife: () => void;
  /** Called once, whoever ends the connection; what was waiting has been rejected by then. */
  readonly onEnd: (end: ConnectionEnd) => void;
}

/** One WebSocket, and the requests that wait for their answers on it. */
export interface Connection {
  /**
   * Asks the server for something; what is asked before the connection is open is sent once it is.
   * @param reply the form of the answer's body
   * @throws {ClientError} with the server's code, `TimedOut`, `ConnectionLost`, `NotConnected` or `AnswerUnreadable`
   */
  request<T>(command: string, body: unknown, reply: z.ZodMiniType<T>): Promise<T>;
  /** Ends the connection at once; does nothing to one that has ended. By default with the code of a logout. */
  close(reason: string, code?: number): void;
}

/** A request that waits for its answer. */
interface Waiting {
  readonly command: string;
  /** The frame as it is sent. */
  readonly text: string;
  readonly cancelTimer: () => void;
  readonly answer: (reply: ReplyFrame) => void;
  readonly reject: (error: ClientError) => void;
}

const serverFrame = z.union([replyFrame, noticeFrame]);

/** WebSocket's codes for an end as agreed, and for one that came without a word. */
const CLOSED = 1000;
const BROKEN = 1006;

/**
 * Connects. A connection is CONNECTING until the socket opens, then OPEN, and ENDED for good when either side closes
 * it or the network fails. Only in OPEN is anything sent or received, so a request that waits when the connection
 * ends was sent exactly if it was OPEN: that decides between `ConnectionLost` and `NotConnected`.
 * @throws {ClientError} `NotConnected` where the runtime refuses to connect to such a URL
 */
export function openConnection(options: ConnectionOptions): Connection {
  const { url, timeout, after, onNotice, onLife, onEnd } = options;
  const waiting = new Map<number, Waiting>();
  let state: "connecting" | "open" | "ended" = "connecting";
  let lastId = 0;

  const socket = dial(options);
  socket.addEventListener("open", () => {
    if (state !== "connecting") return;
    state = "open";
    for (const { text } of waiting.values()) socket.send(text);
  });
  socket.addEventListener("message", ({ data }) => {
    if (state !== "open") return;
    onLife();
    receive(data);
  });
  socket.addEventListener("close", ({ code, reason }) => {
    end({ code, reason });
  });
  // Comes where the connection fails, and not everywhere does a close come after it.
  socket.addEventListener("error", (event) => {
    end({ code: BROKEN, reason: "" }, "error" in event ? event.error : undefined);
  });

  function receive(data: unknown): void {
    const frame = z.safeParse(serverFrame, readJson(data));
    // What cannot be read is passed over: a newer server may tell more than this client knows of.
    if (!frame.success) return;
    if ("event" in frame.data) onNotice(frame.data);
    else take(frame.data.id)?.answer(frame.data);
  }

  /** The request with that id, which from now on waits no longer; `undefined` where it has already given up. */
  function take(id: number): Waiting | undefined {
    const request = waiting.get(id);
    waiting.delete(id);
    request?.cancelTimer();
    return request;
  }

  function end(how: ConnectionEnd, cause?: unknown): void {
    if (state === "ended") return;
    const wasOpen = state === "open";
    state = "ended";
    for (const [id, { command, reject }] of waiting) {
      take(id);
      reject(wasOpen ? lost(command, how, cause) : notConnected(url, ending(how), cause));
    }
    onEnd(how);
  }

  return {
    request(command, body, reply) {
      return new Promise((resolve, reject) => {
        if (state === "ended") throw notConnected(url, "the connection has ended");
        const id = (lastId += 1);
        const text = JSON.stringify({ id, command, body });
        const cancelTimer = after(timeout, () => {
          take(id);
          reject(state === "open" ? timedOut(command, timeout) : notConnected(url, `not within ${timeout} ms`));
        });
        const answer = ({ code, info, body: result }: ReplyFrame): void => {
          if (code !== ErrorCode.Ok) {
            reject(new ClientError(code, info));
            return;
          }
          const parsed = z.safeParse(reply, result);
          if (parsed.success) resolve(parsed.data);
          else reject(unreadable(command, parsed.error));
        };
        waiting.set(id, { command, text, cancelTimer, answer, reject });
        if (state === "open") socket.send(text);
      });
    },
    close(reason, code = CLOSED) {
      if (state === "ended") return;
      socket.close(code, reason);
      end({ code, reason });
    },
  };
}

function dial({ url, WebSocket }: ConnectionOptions): WebSocketLike {
  try {
    return new WebSocket(url);
  } catch (error) {
    throw notConnected(url, "this runtime refuses to connect to it", error);
  }
}

function readJson(data: unknown): unknown {
  try {
    return typeof data === "string" ? JSON.parse(data) : undefined;
  } catch {
    return undefined;
  }
}

function ending({ code, reason }: ConnectionEnd): string {
  return reason === "" ? `closed with ${code}` : `closed with ${code}: ${reason}`;
}

function lost(command: string, how: ConnectionEnd, cause: unknown): ClientError {
  const message = `${command}: the connection was lost before the answer came (${ending(how)}). ${OUTCOME_UNKNOWN}`;
  return new ClientError(ClientErrorCode.ConnectionLost, message, cause);
}

function timedOut(command: string, timeout: number): ClientError {
  return new ClientError(ClientErrorCode.TimedOut, `${command}: no answer within ${timeout} ms. ${OUTCOME_UNKNOWN}`);
}

const OUTCOME_UNKNOWN = "OUTCOME UNKNOWN: the request may have been carried out.";

function notConnected(url: string, why: string, cause?: unknown): ClientError {
  const message = `There is no connection to ${url} (${why}). Nothing was asked of the server.`;
  return new ClientError(ClientErrorCode.NotConnected, message, cause);
}

function unreadable(command: string, cause: unknown): ClientError {
  const message = `${command} was carried out, but its answer cannot be read: is the server newer than this client?`;
  return new ClientError(ClientErrorCode.AnswerUnreadable, message, cause);
}
