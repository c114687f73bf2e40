import { settings } from "@muster/foundation";
import * as z from "zod";

import { servedApp, unlessMoving } from "../../commands/served-app.ts";
import type { ReplayQuery } from "../../deliveries.ts";
import { AdminRefusal, invalid } from "../admin-refusal.ts";
import { adminRoute, nothing, type AdminPorts, type AdminRoute } from "../admin-route.ts";
import { existing } from "../apps/registered.ts";
import { refused } from "../groups/group-path.ts";
import { problemAt } from "../read-parts.ts";
import { chosenBy, filterOf } from "./delivery-filter.ts";
import { deliveryPath, noSuchDelivery } from "./delivery-routes.ts";

const counts = {
  queued: z.int().meta({ description: "callbacks that are delivered once more" }),
  waiting: z.int().meta({ description: "callbacks that were not queued, because they wait for delivery already" }),
};

const replayOne = adminRoute(
  {
    method: "POST",
    path: "/deliveries/{position}/replay",
    operationId: "replayDelivery",
    summary: "Deliver one callback once more",
    description: "With the same webhook-id and muster-sequence, and muster-replay: 1.",
    parameters: deliveryPath,
    query: z.strictObject({
      sdkAppId: settings.sdkAppId
        .optional()
        .meta({ description: "the app that it must be of: another app's is not found" }),
    }),
    answer: { status: 202, description: "Whether it is queued, or was", schema: z.strictObject(counts) },
    refusals: ["not-found", "conflict"],
  },
  async (ports, { path, query }) => {
    const detail = await ports.deliveries.find(path.position);
    const asked = query.sdkAppId ?? detail?.delivery.sdkAppId;
    if (!detail || detail.delivery.sdkAppId !== asked) throw noSuchDelivery(path.position, query.sdkAppId);
    const { sdkAppId, group, replayOf } = detail.delivery;
    if (replayOf) {
      throw new AdminRefusal(
        "conflict",
        `${path.position} is itself a replay: replay its original, ${replayOf.position}.`,
      );
    }
    const { queued, waiting } = await replay(ports, {
      sdkAppId,
      group,
      after: path.position - 1,
      upTo: path.position,
    });
    return { status: 202, body: { queued, waiting } };
  },
);

/** Where a replay goes on, and where it ends: what came in since it began is not part of it. */
const continued = z
  .string()
  .regex(/^\d{1,15}-\d{1,15}$/)
  .transform((text) => text.split("-").map(Number))
  .meta({ description: "what next said, to go on" });

const replayMany = adminRoute(
  {
    method: "POST",
    path: "/deliveries/replay",
    operationId: "replayDeliveries",
    summary: "Deliver callbacks once more: of a group, of a time, all dead letters",
    description:
      "What is chosen is delivered in its order, each group by itself, beside what is new. One request queues a part; " +
      "send the same again with the next that it answered, until that is null. Sent twice, nothing is queued twice " +
      "that is still waiting.",
    parameters: nothing,
    query: nothing,
    body: z.strictObject({
      ...chosenBy,
      state: z.enum(["delivered", "dead", "cancelled"]).optional().meta({ description: "dead: all dead letters" }),
      next: continued.optional(),
    }),
    answer: {
      status: 202,
      description: "How many are queued, and how to go on",
      schema: z.strictObject({
        ...counts,
        next: z.string().nullable().meta({ description: "what to send as next; null when all is queued" }),
      }),
    },
    refusals: ["not-found", "conflict"],
  },
  async (ports, { body: { next, ...chosen } }) => {
    const filter = { ...filterOf(chosen), sdkAppId: chosen.sdkAppId };
    if (Object.values(filter).filter((value) => value !== undefined).length < 2) {
      throw invalid([
        problemAt(["the body"], "must say what to replay beside sdkAppId: groupId, state, command, id, from or to"),
      ]);
    }
    existing(ports.registry.find(chosen.sdkAppId), chosen.sdkAppId, ports.now());
    const [after = 0, upTo = await ports.deliveries.newest()] = next ?? [];
    const done = await replay(ports, { ...filter, after, upTo });
    return { status: 202, body: { ...done, next: done.next === undefined ? null : `${done.next}-${upTo}` } };
  },
);

export const replayRoutes: readonly AdminRoute[] = [replayOne, replayMany];

async function replay(
  { registry, deliveries, now }: AdminPorts,
  query: Omit<ReplayQuery, "now" | "goesOn">,
): ReturnType<AdminPorts["deliveries"]["replay"]> {
  const { sdkAppId } = query;
  const goesOn = (): boolean => registry.get(sdkAppId)?.callback !== undefined && !registry.isClosed(sdkAppId);
  const served = servedApp(registry, sdkAppId);
  if (!served.ok) throw refused(served.refusal);
  if (!goesOn()) {
    throw new AdminRefusal("conflict", `The app ${sdkAppId} has no callback URL: set one first.`);
  }
  const replayed = await unlessMoving(sdkAppId, async () => {
    return { ok: true, done: await deliveries.replay({ ...query, now: now(), goesOn }) } as const;
  });
  if (!replayed.ok) throw refused(replayed.refusal);
  return replayed.done;
}
