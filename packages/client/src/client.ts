import {
  ErrorCode,
  KICKED_CLOSE_CODE,
  userReplies,
  type UserReplies,
  type UserRequestName,
  type userRequests,
} from "@muster/protocol";
import type * as z from "zod/mini";

import { done, type Answer } from "./calls/answer.ts";
import { attributeCalls, type AttributeCalls } from "./calls/attribute-calls.ts";
import { groupCalls, toGroup, type GroupCalls } from "./calls/group-calls.ts";
import { joiningCalls, type JoiningCalls } from "./calls/joining-calls.ts";
import { memberCalls, type MemberCalls } from "./calls/member-calls.ts";
import { topicCalls, type TopicCalls } from "./calls/topic-calls.ts";
import { ClientError, ClientErrorCode } from "./client-error.ts";
import { resolveOptions, type ClientOptions } from "./client-options.ts";
import { createEmitter, EVENT, type ConnectionEnd, type Emitter } from "./events.ts";
import { tell } from "./notices.ts";
import { createSession, type Session, type SessionOptions } from "./session.ts";
import { TYPES, type KickedOut } from "./types.ts";

/**
 * An app user's device. Each call rejects with a `ClientError` where it fails; its `code` is the server's, or one of
 * `ClientErrorCode`.
 */
export interface Client
  extends Pick<Emitter, "on" | "off">, GroupCalls, JoiningCalls, MemberCalls, AttributeCalls, TopicCalls {
  /**
   * Connects and logs in. When the connection is lost it is restored, with the same UserSig, and what has happened
   * meanwhile is told. After `EVENT.SDK_NOT_READY` that has ended: log in again.
   * @throws {ClientError} `AlreadyLoggedIn`, `NotConnected`, or what the server has against the UserSig
   */
  login(user: { readonly userID: string; readonly userSig: string }): Promise<Answer<{ readonly userID: string }>>;
  /** Ends the login and its connection at once, if there is one. What still waits for its answer is rejected. */
  logout(): Promise<void>;
  /** The same, and no listener is called any more: for an app that is done with the client. */
  destroy(): Promise<void>;
}

/** What a client takes from the runtime. */
type ClientPorts = Pick<SessionOptions, "after" | "random">;

/**
 * A client for one app user. It is LOGGED OUT until `login`, then LOGGING IN, then READY; it is LOGGED OUT again after
 * `logout`, a kick, or when the server takes the UserSig no more. A lost connection leaves it READY.
 * @throws {ClientError} `OptionsInvalid`
 * @example
 * ```ts
 * const client = createClient({ url: "https://im.example.com", sdkAppId: 1400000001 });
 * await client.login({ userID: "leckie", userSig });
 * const { data } = await client.createGroup({ name: "MyFirstGroup", type: TYPES.GRP_PUBLIC });
 * ```
 */
export function createClient(options: ClientOptions, { after, random }: ClientPorts = runtime): Client {
  const { url, sdkAppId, platform, WebSocket, requestTimeout: timeout } = resolveOptions(options);
  const { on, off, clear, emit } = createEmitter();
  let session: Session | undefined;

  function ready(command: string): Session {
    if (!session?.isReady) throw notLoggedIn(command);
    return session;
  }

  async function ask<N extends UserRequestName>(
    command: N,
    body: z.input<(typeof userRequests)[N]>,
  ): Promise<UserReplies[N]> {
    return await ready(command).request(command, body, userReplies[command]);
  }

  function sessionOf(userId: string, userSig: string): Session {
    return createSession({
      url,
      WebSocket,
      timeout,
      after,
      random,
      platform,
      credential: { sdkAppId, userId, userSig },
      onNotice: (notice) => tell(notice, userId, emit),
      onReady(isFirst) {
        if (isFirst) emit(EVENT.SDK_READY, { userID: userId });
        else emit(EVENT.NET_STATE_CHANGE, { state: TYPES.NET_STATE_CONNECTED });
      },
      onLoss(state) {
        emit(EVENT.NET_STATE_CHANGE, {
          state: state === "restoring" ? TYPES.NET_STATE_CONNECTING : TYPES.NET_STATE_DISCONNECTED,
        });
      },
      async onMissed() {
        const { groups } = await ask("listGroups", {});
        emit(EVENT.GROUP_LIST_UPDATED, groups.map(toGroup));
      },
      onEnd(end, refusal) {
        session = undefined;
        const type = kickedOut(end, refusal);
        if (type) emit(EVENT.KICKED_OUT, { type });
        emit(EVENT.SDK_NOT_READY, end);
      },
    });
  }

  async function logout(): Promise<void> {
    const ended = session;
    session = undefined;
    ended?.end("logged out");
  }

  return {
    on,
    off,
    async login({ userID, userSig }) {
      if (session) throw alreadyLoggedIn();
      const own = sessionOf(userID, userSig);
      session = own;
      try {
        await own.logIn();
      } catch (error) {
        if (session === own) session = undefined;
        throw error;
      }
      return done({ userID });
    },
    logout,
    async destroy() {
      clear();
      await logout();
    },
    ...groupCalls(ask, (command) => ready(command).userId),
    ...joiningCalls(ask),
    ...memberCalls(ask),
    ...attributeCalls(ask),
    ...topicCalls(ask),
  };
}

/** Whether it was the server that ended a login, and why; `undefined` where it was this side. */
function kickedOut({ code }: ConnectionEnd, refusal: ClientError | undefined): KickedOut | undefined {
  if (code === KICKED_CLOSE_CODE) return TYPES.KICKED_OUT_REST_API;
  return refusal && refusedUserSigs.has(refusal.code) ? TYPES.KICKED_OUT_USERSIG_EXPIRED : undefined;
}

/** What a UserSig that was accepted before can be refused with: it has expired, or the app's key is another. */
const refusedUserSigs: ReadonlySet<number> = new Set([ErrorCode.UserSigExpired, ErrorCode.UserSigWrongKey]);

function notLoggedIn(command: string): ClientError {
  return new ClientError(ClientErrorCode.NotLoggedIn, `${command} needs a login: call login, and wait for it.`);
}

function alreadyLoggedIn(): ClientError {
  return new ClientError(ClientErrorCode.AlreadyLoggedIn, "A login is under way or done: log out first.");
}

const runtime: ClientPorts = {
  after(delay, wake) {
    const timer = setTimeout(wake, delay);
    return () => {
      clearTimeout(timer);
    };
  },
  random: Math.random,
};
