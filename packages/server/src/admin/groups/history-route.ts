import * as z from "zod";

import { adminRoute, type AdminRoute } from "../admin-route.ts";
import { deliveryView, position, viewOfDelivery } from "../deliveries/delivery-view.ts";
import { appOf, groupPath } from "./group-path.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 200;

const readHistory = adminRoute(
  {
    method: "GET",
    path: "/apps/{sdkAppId}/groups/{groupId}/history",
    operationId: "readHistory",
    summary: "A group's callbacks with their bodies, the newest first",
    description:
      "What has happened in a group, as it was told: also of one that is disbanded, for as long as callbacks are kept. " +
      "What the app has no switch on for is not in it.",
    parameters: groupPath,
    query: z.strictObject({
      before: position.optional().meta({ description: "only older ones: what next said" }),
      limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
    }),
    answer: {
      status: 200,
      description: "The callbacks, and where the next page begins",
      schema: z.strictObject({
        callbacks: z.array(deliveryView.extend({ body: z.string().meta({ description: "to the byte" }) })),
        next: position.nullable(),
      }),
    },
    refusals: ["not-found"],
  },
  async (ports, { path: { sdkAppId, groupId }, query: { before, limit } }) => {
    appOf(ports, sdkAppId);
    const page = await ports.deliveries.list({ sdkAppId, group: groupId, before, limit });
    const callbacks = [];
    for (const delivery of page.deliveries) {
      // A replay tells what its original has told.
      if (delivery.replayOf) continue;
      const detail = await ports.deliveries.find(delivery.position);
      if (detail) callbacks.push({ ...viewOfDelivery(delivery), body: detail.body });
    }
    return { status: 200, body: { callbacks, next: page.next ?? null } };
  },
);

export const historyRoutes: readonly AdminRoute[] = [readHistory];
