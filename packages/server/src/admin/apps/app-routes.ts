import * as z from "zod";

import { mergePatch } from "../../apps/merge-patch.ts";
import type { AppState, RegisteredApp } from "../../apps/registered-app.ts";
import { appSettings, refuseForbiddenAddress, type AppSettings } from "../../config.ts";
import { AdminRefusal, invalid } from "../admin-refusal.ts";
import { adminRoute, nothing, type AdminRoute } from "../admin-route.ts";
import { fitOrRefuse, problemAt } from "../read-parts.ts";
import { appView, viewOf } from "./app-view.ts";
import { mergePatchSchema } from "./merge-patch-schema.ts";
import { appPath, existing, showing } from "./registered.ts";

/** Most apps that there may be: all of them are in memory. */
const MAX_APPS = 1_000;

const cancelledCallbacks = z
  .int()
  .meta({ description: "pending callbacks that were cancelled because there is nowhere left to send them" });
const changeAnswer = z.strictObject({ app: appView, cancelledCallbacks });

const newApp = appSettings
  .extend({
    secretKey: appSettings.shape.secretKey
      .optional()
      .meta({ description: "the key that UserSigs are signed with; absent, one is made", secret: true }),
  })
  .superRefine(refuseForbiddenAddress);
const changedApp = appSettings.superRefine(refuseForbiddenAddress);

const listApps = adminRoute(
  {
    method: "GET",
    path: "/apps",
    operationId: "listApps",
    summary: "All apps, in the order of their ids",
    parameters: nothing,
    query: nothing,
    answer: { status: 200, description: "The apps", schema: z.strictObject({ apps: z.array(appView) }) },
    refusals: [],
  },
  ({ registry, now }) => ({ status: 200, body: { apps: registry.list().map((app) => viewOf(app, now())) } }),
);

const createApp = adminRoute(
  {
    method: "POST",
    path: "/apps",
    operationId: "createApp",
    summary: "Make an app",
    description: "A secretKey that is not given is made, and shown in this answer alone.",
    parameters: nothing,
    query: nothing,
    body: newApp,
    answer: {
      status: 201,
      description: "The app",
      schema: z.strictObject({ app: appView, secretKey: z.string().optional() }),
    },
    refusals: ["conflict"],
  },
  async ({ registry, newSecret, now }, { body }) => {
    const { sdkAppId } = body;
    const made = body.secretKey === undefined ? newSecret() : undefined;
    const settings: AppSettings = { ...body, secretKey: body.secretKey ?? made ?? "" };
    const answer = await registry.change(sdkAppId, (current) => {
      if (current) throw new AdminRefusal("conflict", `There is an app ${sdkAppId} already: choose another sdkAppId.`);
      if (registry.list().length >= MAX_APPS)
        throw new AdminRefusal("conflict", `There are ${MAX_APPS} apps: no more can be.`);
      return {
        next: { settings, previousSecretKeys: [], previousTokens: [] },
        result: (app) => showing(app, sdkAppId, now(), made === undefined ? {} : { secretKey: made }, 201),
      };
    });
    return { ...answer, headers: { ...answer.headers, location: `/admin/v1/apps/${sdkAppId}` } };
  },
);

const readApp = adminRoute(
  {
    method: "GET",
    path: "/apps/{sdkAppId}",
    operationId: "readApp",
    summary: "One app",
    parameters: appPath,
    query: nothing,
    answer: { status: 200, description: "The app", schema: z.strictObject({ app: appView }) },
    versioned: true,
    refusals: ["not-found"],
  },
  ({ registry, now }, { path: { sdkAppId } }) => showing(registry.find(sdkAppId), sdkAppId, now()),
);

const changeApp = adminRoute(
  {
    method: "PATCH",
    path: "/apps/{sdkAppId}",
    operationId: "changeApp",
    summary: "Change an app's settings",
    description:
      "A JSON merge patch (RFC 7396) over the settings: what is absent stays, null brings back the default. A secret " +
      "that is set here takes the other's place at once; for an overlap, rotate it.",
    parameters: appPath,
    query: nothing,
    body: z.unknown(),
    bodyDescribed: mergePatchSchema(z.toJSONSchema(appSettings.omit({ sdkAppId: true }), { io: "input" })),
    answer: { status: 200, description: "The app as it is now, and what else has changed", schema: changeAnswer },
    versioned: true,
    refusals: ["not-found", "precondition-failed"],
  },
  ({ registry, now }, { path: { sdkAppId }, body, ifMatch }) =>
    registry.change(sdkAppId, (current) => ({
      next: patched(existing(current, sdkAppId, now(), ifMatch), body),
      result: (app, { cancelled }) => showing(app, sdkAppId, now(), { cancelledCallbacks: cancelled }),
    })),
);

const deleteApp = adminRoute(
  {
    method: "DELETE",
    path: "/apps/{sdkAppId}",
    operationId: "deleteApp",
    summary: "Delete an app",
    description:
      "Its calls are refused from now on, its users' connections end, its pending callbacks are cancelled. Its groups " +
      "and accounts stay in the store, for the case that it is made again.",
    parameters: appPath,
    query: nothing,
    answer: { status: 200, description: "The app is gone", schema: z.strictObject({ cancelledCallbacks }) },
    versioned: true,
    refusals: ["not-found", "precondition-failed"],
  },
  ({ registry, now }, { path: { sdkAppId }, ifMatch }) =>
    registry.change(sdkAppId, (current) => {
      existing(current, sdkAppId, now(), ifMatch);
      return {
        next: "deleted",
        result: (_app, { cancelled }) => ({ status: 200, body: { cancelledCallbacks: cancelled } }),
      };
    }),
);

const restoreApp = adminRoute(
  {
    method: "DELETE",
    path: "/apps/{sdkAppId}/changes",
    operationId: "restoreApp",
    summary: "Have an app as the configuration file says",
    description: "Takes back all that was changed of it here, also that it was deleted.",
    parameters: appPath,
    query: nothing,
    answer: { status: 200, description: "The app as it is now, and what else has changed", schema: changeAnswer },
    versioned: true,
    refusals: ["not-found", "precondition-failed"],
  },
  ({ registry, now }, { path: { sdkAppId }, ifMatch }) =>
    registry.change(sdkAppId, (current) => {
      if (!registry.isInFile(sdkAppId)) {
        throw new AdminRefusal("not-found", `The configuration file has no app ${sdkAppId}.`);
      }
      if (current) existing(current, sdkAppId, now(), ifMatch);
      return {
        next: "as in the file",
        result: (app, { cancelled }) => showing(app, sdkAppId, now(), { cancelledCallbacks: cancelled }),
      };
    }),
);

export const appRoutes: readonly AdminRoute[] = [listApps, createApp, readApp, changeApp, deleteApp, restoreApp];

/** @throws {AdminRefusal} `invalid` */
function patched(app: RegisteredApp, patch: unknown): AppState {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) {
    throw invalid([problemAt(["the body"], "must be an object: a JSON merge patch")]);
  }
  const { sdkAppId } = app.settings;
  if ("sdkAppId" in patch && patch.sdkAppId !== sdkAppId) {
    throw invalid([problemAt(["sdkAppId"], "cannot be changed: make another app")]);
  }
  const settings = fitOrRefuse(changedApp, mergePatch(app.settings, patch), "the body");
  const { previousSecretKeys, previousTokens } = app;
  return { settings, previousSecretKeys, previousTokens: settings.callback?.token === undefined ? [] : previousTokens };
}
