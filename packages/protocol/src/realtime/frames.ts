import * as z from "zod/mini";

import { optPlatforms } from "../opt-platform.ts";

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
export interface ReplyFrame {
  readonly id: number;
  readonly code: number;
  readonly info: string;
  readonly body?: unknown;
}

/** What the server tells unasked: one of `Notices`. */
export type NoticeFrame = { [E in keyof Notices]: { readonly event: E; readonly body: Notices[E] } }[keyof Notices];

/** What a user's devices are told of, by the event's name. */
export interface Notices {
  /** A group was created and the user is in it. */
  readonly groupCreated: { readonly groupId: string; readonly name: string; readonly operator: string };
  /** A group that the user was in was disbanded. */
  readonly groupDismissed: { readonly groupId: string; readonly name: string; readonly operator: string };
  /** A topic was created in a community that the user is in. */
  readonly topicCreated: { readonly groupId: string; readonly topicId: string; readonly operator: string };
  /** Topics of a community that the user is in were deleted. */
  readonly topicsDeleted: { readonly groupId: string; readonly topicIds: readonly string[]; readonly operator: string };
  /** The connection ends: the server stops. */
  readonly closing: { readonly reason: string };
}

export const loginRequest = z.object({
  sdkAppId: z.int(),
  userId: z.string(),
  userSig: z.string(),
  platform: z.optional(z.enum(optPlatforms.filter((platform) => platform !== "RESTAPI"))),
});
