import * as z from "zod";

import type { Destination } from "../../app-settings.ts";
import { appSettings, toApp } from "../../config.ts";
import { verificationSteps } from "../../ports/callback-verifier.ts";
import { AdminRefusal } from "../admin-refusal.ts";
import { adminRoute, nothing, type AdminRoute } from "../admin-route.ts";
import { appPath, existing } from "./registered.ts";

const callback = appSettings.shape.callback.unwrap();

const tried = z.strictObject({
  url: z.string().optional().meta({ description: "another URL than the app's, to try it before it is set" }),
  token: callback.shape.token.meta({ description: "another token than the app's", secret: true }),
  allowPrivateNetwork: z.boolean().optional().meta({
    description: "whether the URL may lead to loopback and private addresses; as the app is set where absent",
  }),
  allowNetworks: callback.shape.allowNetworks
    .unwrap()
    .optional()
    .meta({ description: "private networks that the URL may lead to; as the app is set where absent" }),
  tls: callback.shape.tls.meta({ description: "other certificates than the app's" }),
});

const finding = z.strictObject({
  step: z.enum(verificationSteps),
  verdict: z.enum(["passed", "noted", "failed", "unknown", "not reached"]),
  message: z.string(),
  remedy: z.string().optional(),
});

const verification = z.strictObject({
  ok: z.boolean().meta({ description: "whether a callback would have been delivered" }),
  url: z.string(),
  command: z.string().meta({ description: "the callback that was sent" }),
  signed: z.boolean().meta({ description: "whether Sign and RequestTime were sent" }),
  findings: z.array(finding).meta({ description: "what was found at each step, in order" }),
  attempt: z
    .strictObject({
      durationMs: z.number(),
      outcome: z.string().meta({ description: "delivered, or the class of what went wrong" }),
      status: z.int().optional(),
      code: z.int().optional().meta({ description: "ErrorCode of the answer" }),
      answer: z.string().optional().meta({ description: "the first 4 KiB of the answer" }),
    })
    .optional(),
});

const verifyCallback = adminRoute(
  {
    method: "POST",
    path: "/apps/{sdkAppId}/callback/verify",
    operationId: "verifyCallback",
    summary: "Call an app's callback URL once, and explain what happens",
    description:
      "Posts Group.CallbackAfterGroupDestroyed about a group that cannot exist (@TGS#verify), with the header " +
      "muster-verify: 1. Nothing is kept of it, and nothing is tried again.",
    parameters: appPath,
    query: nothing,
    body: tried,
    answer: { status: 200, description: "What was found; ok says whether all is well", schema: verification },
    refusals: ["not-found", "conflict"],
  },
  async ({ registry, verifier, now }, { path: { sdkAppId }, body, clientIp }) => {
    const { settings } = existing(registry.find(sdkAppId), sdkAppId, now());
    const configured = settings.callback;
    const url = body.url ?? configured?.url;
    if (url === undefined) {
      throw new AdminRefusal("conflict", "The app has no callback URL: give one to try, as url.");
    }
    // A token is not sent to where it does not belong, nor a certificate shown: whoever tries another URL says which.
    const own = body.url === undefined ? configured : undefined;
    const trying: Destination = {
      url,
      token: body.token ?? own?.token,
      previousTokens: [],
      allowPrivateNetwork: body.allowPrivateNetwork ?? configured?.allowPrivateNetwork ?? false,
      allowNetworks: body.allowNetworks ?? configured?.allowNetworks ?? [],
      tls: body.tls ?? own?.tls,
    };
    const app = toApp(settings);
    return { status: 200, body: await verifier.verify(app, trying, clientIp) };
  },
);

export const verifyRoutes: readonly AdminRoute[] = [verifyCallback];
