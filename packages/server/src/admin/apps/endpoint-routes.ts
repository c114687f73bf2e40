import * as z from "zod";

import { adminRoute, nothing, type AdminPorts, type AdminRoute } from "../admin-route.ts";
import { AdminRefusal } from "../admin-refusal.ts";
import { appPath, existing } from "./registered.ts";

const endpointView = z.strictObject({
  state: z.enum(["closed", "open", "disabled"]).meta({
    description:
      "closed: all is well, callbacks are sent; open: it failed, and is tried now and then; disabled: it failed for " +
      "days, and is sent nothing until somebody says that it is back",
  }),
  failingSince: z.int().optional().meta({ description: "ms since 1970" }),
  nextTry: z.int().optional().meta({ description: "when it is tried again, ms since 1970" }),
  lastOutcome: z.string().optional().meta({ description: "the class of what went wrong the last time" }),
  pending: z.int().meta({ description: "callbacks that wait for their delivery" }),
  oldestPendingAgeMs: z.int().optional().meta({ description: "how long the oldest of them has waited" }),
});

const readEndpoint = adminRoute(
  {
    method: "GET",
    path: "/apps/{sdkAppId}/endpoint",
    operationId: "readEndpoint",
    summary: "How an app's endpoint is, and what waits for it",
    parameters: appPath,
    query: nothing,
    answer: { status: 200, description: "The endpoint", schema: endpointView },
    refusals: ["not-found"],
  },
  async (ports, { path: { sdkAppId } }) => {
    existing(ports.registry.find(sdkAppId), sdkAppId, ports.now());
    return { status: 200, body: await viewOf(ports, sdkAppId) };
  },
);

const reviveEndpoint = adminRoute(
  {
    method: "POST",
    path: "/apps/{sdkAppId}/endpoint/revive",
    operationId: "reviveEndpoint",
    summary: "Say that an app's endpoint is back",
    description: "What was held against it is forgotten, and what is pending is sent at once.",
    parameters: appPath,
    query: nothing,
    answer: { status: 200, description: "The endpoint as it is now", schema: endpointView },
    refusals: ["not-found", "conflict"],
  },
  async (ports, { path: { sdkAppId } }) => {
    const { settings } = existing(ports.registry.find(sdkAppId), sdkAppId, ports.now());
    if (!settings.callback) throw new AdminRefusal("conflict", "The app has no callback URL: set one first, by PATCH.");
    await ports.endpoints.revive(sdkAppId);
    return { status: 200, body: await viewOf(ports, sdkAppId) };
  },
);

export const endpointRoutes: readonly AdminRoute[] = [readEndpoint, reviveEndpoint];

async function viewOf(
  { endpoints, deliveries, now }: AdminPorts,
  sdkAppId: number,
): Promise<z.output<typeof endpointView>> {
  const failing = endpoints.stateOf(sdkAppId);
  const { pending, oldestAt } = await deliveries.backlog(sdkAppId);
  return {
    state: failing ? (failing.until === undefined ? "disabled" : "open") : "closed",
    ...(failing && { failingSince: failing.failingSince, lastOutcome: failing.outcome }),
    ...(failing?.until !== undefined && { nextTry: failing.until }),
    pending,
    ...(oldestAt !== undefined && { oldestPendingAgeMs: Math.max(now() - oldestAt, 0) }),
  };
}
