import {
  KICKED_CLOSE_CODE,
  loginReply,
  userReplies,
  type UserReplies,
  type UserRequestName,
  type userRequests,
} from "@muster/protocol";
import type * as z from "zod/mini";

import { done, type Answer } from "./calls/answer.ts";
import { attributeCalls, type AttributeCalls } from "./calls/attribute-calls.ts";
import { groupCalls, type GroupCalls } from "./calls/group-calls.ts";
import { joiningCalls, type JoiningCalls } from "./calls/joining-calls.ts";
import { memberCalls, type MemberCalls } from "./calls/member-calls.ts";
import { topicCalls, type TopicCalls } from "./calls/topic-calls.ts";
import { ClientError, ClientErrorCode } from "./client-error.ts";
import { resolveOptions, type ClientOptions } from "./client-options.ts";
import { openConnection, type Connection } from "./connection.ts";
import { createEmitter, EVENT, type Emitter } from "./events.ts";
import { tell } from "./notices.ts";
import { TYPES } from "./types.ts";

/**
 * An app user's device. Each call rejects with a `ClientError` where it fails; its `code` is the server's, or one of
 * `ClientErrorCode`.
 */
export interface Client
  extends Pick<Emitter, "on" | "off">, GroupCalls, JoiningCalls, MemberCalls, AttributeCalls, TopicCalls {
  /**
   * Connects and logs in. The connection is not restored when it is lost: after `EVENT.SDK_NOT_READY`, log in again.
   * @throws {ClientError} `AlreadyLoggedIn`, `NotConnected`, or what the server has against the UserSig
   */
  login(user: { readonly userID: string; readonly userSig: string }): Promise<Answer<{ readonly userID: string }>>;
  /** Ends the connection at once, if there is one. What still waits for its answer is rejected. */
  logout(): Promise<void>;
}

/** From the login's first step until the connection ends. */
interface Session {
  readonly userID: string;
  readonly connection: Connection;
  ready: boolean;
}

/**
 * A client for one app user. It is LOGGED OUT until `login`, then LOGGING IN, then READY; it is LOGGED OUT again as
 * soon as the connection ends, whoever ended it.
 * @throws {ClientError} `OptionsInvalid`
 * @example
 * ```ts
 * const client = createClient({ url: "https://im.example.com", sdkAppId: 1400000001 });
 * await client.login({ userID: "leckie", userSig });
 * const { data } = await client.createGroup({ name: "MyFirstGroup", type: TYPES.GRP_PUBLIC });
 * ```
 */
export function createClient(options: ClientOptions): Client {
  const { url, sdkAppId, platform, WebSocket, requestTimeout: timeout } = resolveOptions(options);
  const { on, off, emit } = createEmitter();
  let session: Session | undefined;

  function ready(command: string): Session {
    if (!session?.ready) throw notLoggedIn(command);
    return session;
  }

  async function ask<N extends UserRequestName>(
    command: N,
    body: z.input<(typeof userRequests)[N]>,
  ): Promise<UserReplies[N]> {
    return await ready(command).connection.request(command, body, userReplies[command]);
  }

  return {
    on,
    off,
    async login({ userID, userSig }) {
      if (session) throw alreadyLoggedIn();
      const connection = openConnection({
        url,
        WebSocket,
        timeout,
        after,
        onNotice: (notice) => tell(notice, userID, emit),
        onEnd(end) {
          const wasReady = session?.ready === true;
          session = undefined;
          if (!wasReady) return;
          if (end.code === KICKED_CLOSE_CODE) emit(EVENT.KICKED_OUT, { type: TYPES.KICKED_OUT_REST_API });
          emit(EVENT.SDK_NOT_READY, end);
        },
      });
      const own = { userID, connection, ready: false };
      session = own;
      try {
        await connection.request("login", { sdkAppId, userId: userID, userSig, platform }, loginReply);
      } catch (error) {
        connection.close("the login failed");
        throw error;
      }
      // The connection may have ended between the answer's arrival and here.
      if (session !== own) throw lostAgain();
      own.ready = true;
      emit(EVENT.SDK_READY, { userID });
      return done({ userID });
    },
    async logout() {
      session?.connection.close("logged out");
    },
    ...groupCalls(ask, (command) => ready(command).userID),
    ...joiningCalls(ask),
    ...memberCalls(ask),
    ...attributeCalls(ask),
    ...topicCalls(ask),
  };
}

function notLoggedIn(command: string): ClientError {
  return new ClientError(ClientErrorCode.NotLoggedIn, `${command} needs a login: call login, and wait for it.`);
}

function alreadyLoggedIn(): ClientError {
  return new ClientError(ClientErrorCode.AlreadyLoggedIn, "A login is under way or done: log out first.");
}

function lostAgain(): ClientError {
  return new ClientError(ClientErrorCode.ConnectionLost, "The connection was lost right after the login.");
}

function after(delay: number, wake: () => void): () => void {
  const timer = setTimeout(wake, delay);
  return () => {
    clearTimeout(timer);
  };
}
