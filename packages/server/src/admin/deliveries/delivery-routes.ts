import * as z from "zod";

import { AdminRefusal, invalid } from "../admin-refusal.ts";
import { adminRoute, nothing, type AdminRoute } from "../admin-route.ts";
import { problemAt } from "../read-parts.ts";
import { chosenBy, filterOf } from "./delivery-filter.ts";
import { deliveryDetailView, deliveryView, position, viewOfDelivery, viewOfDetail } from "./delivery-view.ts";

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** The part of a path that names a delivery. */
export const deliveryPath = z.strictObject({ position });

const listDeliveries = adminRoute(
  {
    method: "GET",
    path: "/deliveries",
    operationId: "listDeliveries",
    summary: "What became of callbacks, the newest first",
    description:
      "A page may have fewer than limit, even none, though there are more: where few of many are asked for, the " +
      "server looks at so many and then leaves the rest to the next page. Only next: null is the end.",
    parameters: nothing,
    query: z.strictObject({
      ...chosenBy,
      sdkAppId: chosenBy.sdkAppId.optional(),
      before: position.optional().meta({ description: "only older ones: what next said" }),
      limit: z.int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
    }),
    answer: {
      status: 200,
      description: "The deliveries, and where the next page begins",
      schema: z.strictObject({
        deliveries: z.array(deliveryView),
        next: position.nullable().meta({ description: "what to give as before; null at the end" }),
      }),
    },
    refusals: [],
  },
  async ({ deliveries }, { query: { before, limit, ...chosen } }) => {
    if (chosen.groupId !== undefined && chosen.sdkAppId === undefined) {
      throw invalid([problemAt(["sdkAppId"], "is missing: a group belongs to an app")]);
    }
    const page = await deliveries.list({ ...filterOf(chosen), before, limit });
    return { status: 200, body: { deliveries: page.deliveries.map(viewOfDelivery), next: page.next ?? null } };
  },
);

const readDelivery = adminRoute(
  {
    method: "GET",
    path: "/deliveries/{position}",
    operationId: "readDelivery",
    summary: "One delivery, with what is posted and every attempt",
    parameters: deliveryPath,
    query: nothing,
    answer: { status: 200, description: "The delivery", schema: deliveryDetailView },
    refusals: ["not-found"],
  },
  async ({ deliveries, requestOf }, { path }) => {
    const detail = await deliveries.find(path.position);
    if (!detail) throw noSuchDelivery(path.position);
    return { status: 200, body: viewOfDetail(detail, requestOf(detail)) };
  },
);

export const deliveryRoutes: readonly AdminRoute[] = [listDeliveries, readDelivery];

/** @param sdkAppId the app that it was to be of, where that was said */
export function noSuchDelivery(at: number, sdkAppId?: number): AdminRefusal {
  const ofApp = sdkAppId === undefined ? "" : ` of the app ${sdkAppId}`;
  return new AdminRefusal(
    "not-found",
    `There is no delivery ${at}${ofApp}: GET /admin/v1/deliveries lists those that there are; old ones are removed.`,
  );
}
