import { byteLength, signUserSig, USER_ID_MAX_BYTES } from "@muster/protocol";
import * as z from "zod";

import { invalid } from "../admin-refusal.ts";
import { adminRoute, nothing, type AdminRoute } from "../admin-route.ts";
import { problemAt } from "../read-parts.ts";
import { appPath, existing } from "./registered.ts";

/** How long a UserSig counts, in seconds: long enough to look around, and never for longer than a day. */
const EXPIRES_IN = 3_600;
const MAX_EXPIRES_IN = 86_400;

const userPath = appPath.extend({
  userId: z
    .string()
    .min(1)
    .refine((text) => text.isWellFormed() && byteLength(text) <= USER_ID_MAX_BYTES, {
      error: `must be a user's id of 1 to ${USER_ID_MAX_BYTES} bytes`,
    })
    .meta({ description: `a user's id of 1 to ${USER_ID_MAX_BYTES} bytes` }),
});

const issueUserSig = adminRoute(
  {
    method: "POST",
    path: "/apps/{sdkAppId}/users/{userId}/user-sig",
    operationId: "issueUserSig",
    summary: "Sign an app user's credential, to try something out",
    description:
      "With it the user logs in, and becomes known to the app by that. None is signed for the app's administrators: " +
      "theirs opens the REST API. An app's own users get theirs from the app's backend.",
    parameters: userPath,
    query: nothing,
    body: z.strictObject({
      expiresIn: z
        .int()
        .min(1)
        .max(MAX_EXPIRES_IN)
        .default(EXPIRES_IN)
        .meta({ description: `for how many seconds it counts, at most ${MAX_EXPIRES_IN}` }),
    }),
    answer: {
      status: 200,
      description: "The UserSig",
      schema: z.strictObject({
        userSig: z.string(),
        expiresAt: z.int().meta({ description: "until when it counts, ms since 1970" }),
      }),
    },
    refusals: ["not-found"],
  },
  async ({ registry, now }, { path: { sdkAppId, userId }, body: { expiresIn } }) => {
    const { settings } = existing(registry.find(sdkAppId), sdkAppId, now());
    if (settings.administrators.includes(userId)) {
      throw invalid([
        problemAt(["userId"], "is an administrator's, for whom none is signed here: choose another user"),
      ]);
    }
    const issuedAt = Math.floor(now() / 1_000);
    const userSig = await signUserSig({ sdkAppId, userId, issuedAt, expiresIn }, settings.secretKey);
    return { status: 200, body: { userSig, expiresAt: (issuedAt + expiresIn) * 1_000 } };
  },
);

export const userSigRoutes: readonly AdminRoute[] = [issueUserSig];
