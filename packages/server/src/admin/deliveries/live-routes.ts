import { settings } from "@muster/foundation";
import * as z from "zod";

import { quantile, type SeriesPoint } from "../../delivery-series.ts";
import { AdminRefusal } from "../admin-refusal.ts";
import { adminRoute, nothing, type AdminRoute } from "../admin-route.ts";
import { appPath, existing } from "../apps/registered.ts";
import { chosenBy } from "./delivery-filter.ts";
import { liveBatch } from "./live-view.ts";

const streamDeliveries = adminRoute(
  {
    method: "GET",
    path: "/deliveries/stream",
    operationId: "streamDeliveries",
    summary: "Attempts as they are made",
    description:
      "Server-sent events, up to four a second. Where there is more than can be looked at, each has a sample and says " +
      "of how many.",
    parameters: nothing,
    query: z.strictObject({
      sdkAppId: settings.sdkAppId,
      groupId: chosenBy.groupId,
      command: chosenBy.command,
      verdict: z.enum(["delivered", "failed"]).optional(),
    }),
    answer: { status: 200, description: "Events; the data of each", mediaType: "text/event-stream", schema: liveBatch },
    refusals: ["not-found", "conflict"],
  },
  ({ registry, live, authentication, now }, { query, session }) => {
    existing(registry.find(query.sdkAppId), query.sdkAppId, now());
    if (!live.hasRoom) throw new AdminRefusal("conflict", "Too many are watching already: close another page.");
    const isOver = async (): Promise<boolean> => session !== undefined && (await authentication.isOver(session));
    return { status: 200, stream: (response) => live.open(response, query, isOver) };
  },
);

/** What each range shows, and how far it goes back, in ms. */
const ranges = {
  "15m": { resolution: "minute", length: 15 * 60_000 },
  "1h": { resolution: "minute", length: 3_600_000 },
  "24h": { resolution: "minute", length: 86_400_000 },
  "7d": { resolution: "hour", length: 7 * 86_400_000 },
  "30d": { resolution: "hour", length: 30 * 86_400_000 },
} as const;

const pointView = z.strictObject({
  at: z.int().meta({ description: "when it began, ms since 1970" }),
  attempts: z.int(),
  delivered: z.int().meta({ description: "attempts that delivered a callback" }),
  dead: z.int().meta({ description: "callbacks that were given up" }),
  pending: z.int().meta({ description: "callbacks that waited at its end" }),
  p50: z.number().optional().meta({ description: "ms within which half of the attempts ended" }),
  p99: z.number().optional().meta({ description: "ms within which 99 of 100 attempts ended" }),
});

const readSeries = adminRoute(
  {
    method: "GET",
    path: "/apps/{sdkAppId}/endpoint/series",
    operationId: "readSeries",
    summary: "How an app's endpoint did, over time",
    description: "A point for each minute, or hour from 7d on, in which there was something to tell.",
    parameters: appPath,
    query: z.strictObject({ range: z.enum(["15m", "1h", "24h", "7d", "30d"]).default("15m") }),
    answer: {
      status: 200,
      description: "The points, in the order of time",
      schema: z.strictObject({
        from: z.int().meta({ description: "where the range begins, ms since 1970" }),
        to: z.int().meta({ description: "where it ends: now" }),
        step: z.int().meta({ description: "ms from one point to the next" }),
        points: z.array(pointView),
      }),
    },
    refusals: ["not-found"],
  },
  async ({ registry, series, now }, { path: { sdkAppId }, query }) => {
    const to = now();
    existing(registry.find(sdkAppId), sdkAppId, to);
    const { resolution, length } = ranges[query.range];
    const step = resolution === "minute" ? 60_000 : 3_600_000;
    const from = Math.floor((to - length) / step) * step;
    const points = await series.read(sdkAppId, resolution, from);
    return { status: 200, body: { from, to, step, points: points.map(viewOfPoint) } };
  },
);

export const liveRoutes: readonly AdminRoute[] = [streamDeliveries, readSeries];

function viewOfPoint({ sdkAppId: _known, durations, ...counts }: SeriesPoint): z.output<typeof pointView> {
  const [p50, p99] = [quantile(durations, 0.5), quantile(durations, 0.99)];
  return { ...counts, ...(p50 !== undefined && { p50 }), ...(p99 !== undefined && { p99 }) };
}
