import {
  ErrorCode,
  loginReply,
  userReplies,
  type UserReplies,
  type UserRequestName,
  type userRequests,
} from "@muster/protocol";
import type * as z from "zod/mini";

import { ClientError, ClientErrorCode } from "./client-error.ts";
import { resolveOptions, type ClientOptions } from "./client-options.ts";
import { openConnection, type Connection } from "./connection.ts";
import { createEmitter, EVENT, type Emitter } from "./events.ts";
import { tell } from "./notices.ts";
import { TYPES, type GroupType } from "./types.ts";

/** What every call that succeeds resolves with, as in Tencent's web SDK. */
export interface Answer<T> {
  readonly code: 0;
  readonly data: T;
}

export interface CreateGroupOptions {
  /** At most 30 bytes of UTF-8, as are all lengths here. */
  readonly name: string;
  /** @default TYPES.GRP_WORK */
  readonly type?: GroupType;
  /** At most 48 characters of printable ASCII; that of a community begins with `@TGS#_`. By default the server makes one. */
  readonly groupID?: string;
  /** The first members besides the creator, at most 500; not for `GRP_AVCHATROOM`. */
  readonly memberList?: readonly { readonly userID: string }[];
  /** At most 240 bytes. */
  readonly introduction?: string;
  /** At most 300 bytes. */
  readonly notification?: string;
  /** A URL of at most 100 bytes. */
  readonly avatar?: string;
  /**
   * Whether a community can have topics.
   * @default false
   */
  readonly isSupportTopic?: boolean;
  /** Keys that the app is configured for, with values of at most 512 bytes. */
  readonly groupCustomField?: readonly { readonly key: string; readonly value: string }[];
}

export interface CreatedGroup {
  readonly groupID: string;
  readonly name: string;
  readonly type: GroupType;
  readonly ownerID: string;
}

export interface CreateTopicOptions {
  readonly groupID: string;
  /** At most 30 bytes. */
  readonly topicName: string;
  /** The community's id, `@TOPIC#_` and the topic's own part, at most 96 characters. By default the server makes one. */
  readonly topicID?: string;
  /** A URL of at most 100 bytes. */
  readonly avatar?: string;
  /** At most 300 bytes. */
  readonly notification?: string;
  /** At most 240 bytes. */
  readonly introduction?: string;
  /** At most 3000 bytes. */
  readonly customData?: string;
}

export interface DeleteTopicsOptions {
  readonly groupID: string;
  /** By default all topics of the community. */
  readonly topicIDList?: readonly string[];
}

export interface DeletedTopics {
  readonly successTopicList: readonly { readonly topicID: string }[];
  readonly failureTopicList: readonly { readonly topicID: string; readonly code: number; readonly message: string }[];
}

/**
 * An app user's device. Each call rejects with a `ClientError` where it fails; its `code` is the server's, or one of
 * `ClientErrorCode`.
 */
export interface Client extends Pick<Emitter, "on" | "off"> {
  /**
   * Connects and logs in. The connection is not restored when it is lost: after `EVENT.SDK_NOT_READY`, log in again.
   * @throws {ClientError} `AlreadyLoggedIn`, `NotConnected`, or what the server has against the UserSig
   */
  login(user: { readonly userID: string; readonly userSig: string }): Promise<Answer<{ readonly userID: string }>>;
  /** Ends the connection at once, if there is one. What still waits for its answer is rejected. */
  logout(): Promise<void>;
  /** Creates a group, owned by this user. */
  createGroup(options: CreateGroupOptions): Promise<Answer<{ readonly group: CreatedGroup }>>;
  /** Disbands a group, for good. Only its owner may, and in `GRP_WORK` nobody. */
  dismissGroup(groupID: string): Promise<Answer<{ readonly groupID: string }>>;
  /** Creates a topic in a community that was made with `isSupportTopic`. */
  createTopicInCommunity(options: CreateTopicOptions): Promise<Answer<{ readonly topicID: string }>>;
  /** Deletes topics of a community, for good. Resolves also where some, or all, could not be deleted. */
  deleteTopicFromCommunity(options: DeleteTopicsOptions): Promise<Answer<DeletedTopics>>;
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
          if (wasReady) emit(EVENT.SDK_NOT_READY, end);
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
    async createGroup({ name, type = TYPES.GRP_WORK, memberList = [], groupCustomField = [], ...more }) {
      const { userID: ownerID } = ready("createGroup");
      const { groupId: groupID } = await ask("createGroup", {
        type,
        name,
        groupId: more.groupID,
        introduction: more.introduction,
        notification: more.notification,
        faceUrl: more.avatar,
        supportTopic: more.isSupportTopic,
        members: memberList.map(({ userID }) => userID),
        customFields: Object.fromEntries(groupCustomField.map(({ key, value }) => [key, value])),
      });
      return done({ group: { groupID, name, type, ownerID } });
    },
    async dismissGroup(groupID) {
      await ask("dismissGroup", { groupId: groupID });
      return done({ groupID });
    },
    async createTopicInCommunity({ groupID, topicName, topicID, avatar, notification, introduction, customData }) {
      const { topicId } = await ask("createTopic", {
        groupId: groupID,
        name: topicName,
        topicId: topicID,
        faceUrl: avatar,
        notification,
        introduction,
        customString: customData,
      });
      return done({ topicID: topicId });
    },
    async deleteTopicFromCommunity({ groupID, topicIDList }) {
      const { results } = await ask("deleteTopics", { groupId: groupID, topicIds: topicIDList && [...topicIDList] });
      return done({
        successTopicList: results
          .filter(({ code }) => code === ErrorCode.Ok)
          .map(({ topicId }) => ({ topicID: topicId })),
        failureTopicList: results
          .filter(({ code }) => code !== ErrorCode.Ok)
          .map(({ topicId, code, info }) => ({ topicID: topicId, code, message: info })),
      });
    },
  };
}

function done<T>(data: T): Answer<T> {
  return { code: 0, data };
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
