import { ErrorCode, KICKED_CLOSE_CODE, loginReply, PING, type NoticeFrame } from "@muster/protocol";
import * as z from "zod/mini";

import { createBackOff } from "./back-off.ts";
import { ClientError, ClientErrorCode } from "./client-error.ts";
import { openConnection, type Connection, type ConnectionOptions } from "./connection.ts";
import type { ConnectionEnd } from "./events.ts";
import { createStanding } from "./standing.ts";

/** What a session is made of. */
export interface SessionOptions extends Pick<ConnectionOptions, "url" | "WebSocket" | "timeout" | "after"> {
  /** The login as it is sent. */
  readonly credential: { readonly sdkAppId: number; readonly userId: string; readonly userSig: string };
  readonly platform: string;
  /** Numbers from 0 up to 1. */
  readonly random: () => number;
  /** Called for each notice once, in order, whatever connections they came over. */
  readonly onNotice: (notice: NoticeFrame) => void;
  /** The first login has succeeded, or the connection is there again; what was missed is told behind it. */
  readonly onReady: (isFirst: boolean) => void;
  /** The connection was lost (`restoring`), or a try to restore it has failed (`failing`). */
  readonly onLoss: (state: "restoring" | "failing") => void;
  /** The server could not tell all that was missed. Called again after the next loss until it resolves. */
  readonly onMissed: () => Promise<void>;
  /** Called once when a session that was logged in is over, with the refusal where the server refused to go on. */
  readonly onEnd: (end: ConnectionEnd, refusal?: ClientError) => void;
}

/** A user's login, across all connections that it takes. */
export interface Session {
  readonly userId: string;
  /** Whether requests can be made: logged in, also while the connection is being restored. */
  readonly isReady: boolean;
  /** The first login. @throws {ClientError} why it failed; the session is over then */
  logIn(): Promise<void>;
  /**
   * Asks the server for something. While the connection is being restored it waits for that first.
   * @throws {ClientError}
   */
  request<T>(command: string, body: unknown, reply: z.ZodMiniType<T>): Promise<T>;
  /** Ends it, at once and for good. */
  end(reason: string): void;
}

/** How long nothing may come from the server until it is asked for a sign of life, in ms. */
const SILENCE = 20_000;
/** How long a restored connection must last until the next loss counts as the first again, in ms. */
const SETTLED = 30_000;

/** Close codes: the server refuses the login; this side hears nothing any more. */
const REFUSED = 4001;
const SILENT = 4008;
const LOGGED_OUT = 1000;

/** Refusals of a login that are no verdict on it, so that it is tried again. */
const PASSING: ReadonlySet<number> = new Set([ErrorCode.Internal, ErrorCode.Timeout, ErrorCode.RateLimited]);

/**
 * A session is NEW until its first login is answered, then READY. When a READY one loses its connection, unless by a
 * kick, it is RESTORING: it connects and logs in again with the same credential, each time after a longer delay, until
 * that works (READY), the server refuses the credential, or this side ends it. Once OVER it stays so.
 *
 * What is asked while READY goes out at once and is lost with the connection, outcome unknown. What is asked while
 * RESTORING waits, so nothing of it has been carried out when it fails.
 */
export function createSession(options: SessionOptions): Session {
  const { url, timeout, after, credential, platform, onNotice, onReady, onLoss, onEnd } = options;
  const standing = createStanding(credential.userId);
  const backOff = createBackOff(options.random);
  let state: "new" | "ready" | "restoring" | "over" = "new";
  let connection: Connection | undefined;
  let cancelTimer = (): void => undefined;
  // What comes behind the answer to a login, until that has been read.
  let early: NoticeFrame[] = [];
  let isAlive = false;
  let hasMissed = false;
  const waiting = new Set<{ readonly go: () => void; readonly fail: (error: ClientError) => void }>();

  function hear(notice: NoticeFrame): void {
    if (state !== "ready") early.push(notice);
    else if (standing.isNews(notice)) onNotice(notice);
  }

  /** Connects and logs in. */
  async function connect(): Promise<void> {
    early = [];
    const dialled = openConnection({
      ...options,
      onNotice: hear,
      onLife: () => {
        isAlive = true;
      },
      onEnd(end) {
        if (connection !== dialled) return;
        connection = undefined;
        if (state === "ready") lost(end);
      },
    });
    connection = dialled;
    const body = { ...credential, platform, ...standing.resume() };
    try {
      const reply = await dialled.request("login", body, loginReply);
      // The connection may have ended between the answer's arrival and here.
      if (connection !== dialled) throw lostAgain();
      if (!standing.begin(reply)) hasMissed = true;
    } catch (error) {
      dialled.close("the login failed");
      throw error;
    }
  }

  function becomeReady(isFirst: boolean): void {
    state = "ready";
    isAlive = true;
    watch(0);
    onReady(isFirst);
    for (const notice of early.splice(0)) hear(notice);
    if (hasMissed) void readAgain();
    for (const { go } of waiting) go();
  }

  async function readAgain(): Promise<void> {
    try {
      await options.onMissed();
      hasMissed = false;
    } catch {
      // The connection was lost again: it is read when that is restored.
    }
  }

  /** Asks for a sign of life where there was none, and gives the connection up where none comes. */
  function watch(lasted: number): void {
    cancelTimer = after(SILENCE, () => {
      if (lasted + SILENCE >= SETTLED) backOff.reset();
      watch(lasted + SILENCE);
      if (!isAlive && connection) void probe(connection);
      isAlive = false;
    });
  }

  async function probe(asked: Connection): Promise<void> {
    try {
      await asked.request(PING, {}, z.unknown());
    } catch {
      if (!isAlive) asked.close("no sign of life", SILENT);
    }
  }

  function lost(end: ConnectionEnd): void {
    cancelTimer();
    if (end.code === KICKED_CLOSE_CODE) {
      finish(end);
      return;
    }
    state = "restoring";
    onLoss("restoring");
    tryLater();
  }

  function tryLater(): void {
    // A listener of what happened may have ended it.
    if (state !== "restoring") return;
    cancelTimer = after(backOff.next(), () => void tryAgain());
  }

  async function tryAgain(): Promise<void> {
    try {
      await connect();
    } catch (error) {
      if (state !== "restoring") return;
      if (error instanceof ClientError && isVerdict(error)) {
        finish({ code: REFUSED, reason: error.message }, error);
        return;
      }
      onLoss("failing");
      tryLater();
      return;
    }
    if (state !== "restoring") return;
    becomeReady(false);
  }

  function finish(end: ConnectionEnd, refusal?: ClientError): void {
    const wasLoggedIn = state !== "new" && state !== "over";
    state = "over";
    cancelTimer();
    for (const { fail } of waiting) fail(neverSent(url, end.reason));
    if (wasLoggedIn) onEnd(end, refusal);
  }

  /** Resolves once the connection is there again. */
  function restored(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        cancel();
        waiting.delete(entry);
      };
      const fail = (error: ClientError): void => {
        settle();
        reject(error);
      };
      const entry = {
        go: () => {
          settle();
          resolve();
        },
        fail,
      };
      const cancel = after(timeout, () => fail(neverSent(url, `not restored within ${timeout} ms`)));
      waiting.add(entry);
    });
  }

  return {
    userId: credential.userId,
    get isReady() {
      return state === "ready" || state === "restoring";
    },
    async logIn() {
      try {
        await connect();
      } catch (error) {
        state = "over";
        throw error;
      }
      becomeReady(true);
    },
    async request(command, body, reply) {
      if (state === "restoring") await restored();
      if (!connection) throw neverSent(url, "it was lost again");
      return await connection.request(command, body, reply);
    },
    end(reason) {
      const ended = connection;
      connection = undefined;
      ended?.close(reason);
      finish({ code: LOGGED_OUT, reason });
    },
  };
}

/** Whether the server has something against the login itself. */
function isVerdict({ code }: ClientError): boolean {
  const isOurs: boolean = Object.values<number>(ClientErrorCode).includes(code);
  return !isOurs && !PASSING.has(code);
}

function lostAgain(): ClientError {
  return new ClientError(ClientErrorCode.ConnectionLost, "The connection was lost right after the login.");
}

function neverSent(url: string, why: string): ClientError {
  const message = `There is no connection to ${url} (${why}). Nothing was asked of the server.`;
  return new ClientError(ClientErrorCode.NotConnected, message);
}
