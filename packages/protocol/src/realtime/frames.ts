import * as z from "zod/mini";

import { optPlatforms } from "../opt-platform.ts";
import { userId } from "../scalars/rest-fields.ts";

/** Where app users connect, on the server's address. */
export const REALTIME_PATH = "/v4/client";

/** The WebSocket's close code where the app ended the user's sessions. */
export const KICKED_CLOSE_CODE = 4003;

/**
 * The frames between the server and an app user's device, JSON texts over a WebSocket at `/v4/client`.
 *
 * The device sends requests, each with an `id` of its choosing; the server answers each with the same `id`,
 * and in between tells of what happens in the user's groups. The first request is `login`; a connection that
 * has not logged in within 10 s is closed.
 */
export const requestFrame = z.object({
  id: z.int().check(z.nonnegative()),
  command: z.string(),
  body: z.optional(z.unknown()),
});
export type RequestFrame = z.output<typeof requestFrame>;

/** The answer to a request. `code` is 0 or one of the error codes, `info` says what was wrong. */
export const replyFrame = z.object({
  id: z.int().check(z.nonnegative()),
  code: z.int(),
  info: z.string(),
  body: z.optional(z.unknown()),
});
export type ReplyFrame = z.output<typeof replyFrame>;

/**
 * What happened has a `position` in the order of what is kept, for a device to name when it comes back. Without one is
 * what is told of the connection itself.
 */
function notice<E extends string, B extends z.core.SomeType>(event: E, body: B) {
  return z.object({ event: z.literal(event), body, position: z.optional(position) });
}

const position = z.int().check(z.nonnegative());

const texts = z.readonly(z.array(z.string()));

const profileTexts = z.object({
  name: z.optional(z.string()),
  introduction: z.optional(z.string()),
  notification: z.optional(z.string()),
  faceUrl: z.optional(z.string()),
});

const memberFields = z.object({
  role: z.optional(z.enum(["Admin", "Member"])),
  nameCard: z.optional(z.string()),
});

/** What the server tells a user's devices unasked. */
export const noticeFrame = z.discriminatedUnion("event", [
  /** A group was created and the user is in it. */
  notice("groupCreated", z.object({ groupId: z.string(), name: z.string(), owner: z.string(), operator: z.string() })),
  /** A group that the user was in was disbanded. */
  notice("groupDismissed", z.object({ groupId: z.string(), name: z.string(), operator: z.string() })),
  /** A group's profile changed; only the changed texts are there. */
  notice("groupChanged", z.object({ groupId: z.string(), changed: profileTexts, operator: z.string() })),
  /** A group has another owner. */
  notice(
    "ownerChanged",
    z.object({ groupId: z.string(), oldOwner: z.string(), newOwner: z.string(), operator: z.string() }),
  ),
  /** Users joined a group, this user among them or not. */
  notice(
    "membersJoined",
    z.object({
      groupId: z.string(),
      name: z.string(),
      userIds: texts,
      how: z.enum(["Apply", "Invited"]),
      operator: z.string(),
      /** The group keeps no list of its members: in it is who is connected. */
      room: z.optional(z.literal(true)),
    }),
  ),
  /** Users left a group or were removed (`Kicked`), this user among them or not. */
  notice(
    "membersLeft",
    z.object({
      groupId: z.string(),
      name: z.string(),
      userIds: texts,
      how: z.enum(["Kicked", "Quit"]),
      operator: z.string(),
    }),
  ),
  /** A member's role or name card changed; only what changed is there. */
  notice(
    "memberChanged",
    z.object({
      groupId: z.string(),
      name: z.string(),
      userId: z.string(),
      changed: memberFields,
      operator: z.string(),
    }),
  ),
  /** Somebody wants to join a group, or is wanted in it by a member, and this user is among those who decide. */
  notice(
    "applicationMade",
    z.object({
      groupId: z.string(),
      name: z.string(),
      userId: z.string(),
      inviter: z.string(),
      note: z.string(),
    }),
  ),
  /** This user's application was accepted or refused. */
  notice(
    "applicationHandled",
    z.object({
      groupId: z.string(),
      name: z.string(),
      accepted: z.boolean(),
      note: z.string(),
      operator: z.string(),
    }),
  ),
  /** A group's attributes changed; `attributes` are all that there are now. */
  notice(
    "attributesChanged",
    z.object({ groupId: z.string(), attributes: z.record(z.string(), z.string()), operator: z.string() }),
  ),
  /** A topic's profile changed; only the changed texts are there. */
  notice(
    "topicChanged",
    z.object({ groupId: z.string(), topicId: z.string(), changed: profileTexts, operator: z.string() }),
  ),
  /** The app's backend sent a text to a group, or to one of its topics. */
  notice(
    "systemNotification",
    z.object({ groupId: z.string(), name: z.string(), text: z.string(), topicId: z.optional(z.string()) }),
  ),
  /** A topic was created in a community that the user is in. */
  notice("topicCreated", z.object({ groupId: z.string(), topicId: z.string(), operator: z.string() })),
  /** Topics of a community that the user is in were deleted. */
  notice(
    "topicsDeleted",
    z.object({ groupId: z.string(), topicIds: z.readonly(z.array(z.string())), operator: z.string() }),
  ),
  /** The connection ends: the server stops, or the app ended the user's sessions. */
  notice("closing", z.object({ reason: z.string() })),
]);
export type NoticeFrame = z.output<typeof noticeFrame>;

/** Most rooms that a device names when it comes back. */
export const LOGIN_MAX_ROOMS = 1_000;

export const loginRequest = z.object({
  sdkAppId: z.int(),
  userId,
  userSig: z.string(),
  platform: z.optional(z.enum(optPlatforms.filter((platform) => platform !== "RESTAPI"))),
  /** The last position that the device was told of: what has happened since then follows the reply. */
  after: z.optional(position),
  /** With `after`: the rooms that the user was in, to be in them again. */
  rooms: z.optional(z.array(z.string()).check(z.maxLength(LOGIN_MAX_ROOMS))),
});

/** What a login that succeeds is answered with. */
export const loginReply = z.object({
  userId: z.string(),
  /** Where the device stands: whatever comes after this position is told. */
  position: z.optional(position),
  /** `false` where something after the request's `after` is not there any more, or it is too much to be told. */
  complete: z.optional(z.boolean()),
  /** The groups that keep no list of members and that the user is in. */
  rooms: z.optional(texts),
});
export type LoginReply = z.output<typeof loginReply>;

/** Asks whether the server is there; it answers at once, also where other requests wait. */
export const PING = "ping";
