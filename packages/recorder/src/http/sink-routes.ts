import { accepted } from "@muster/receiver";
import type { FastifyInstance, FastifyRequest } from "fastify";
import * as z from "zod";

import { eventJson } from "../event-json.ts";
import type { HeldLane } from "../sinks/sink-store.ts";
import type { SinkReport } from "../sinks/sink-report.ts";
import type { Sinks } from "../sinks/sinks.ts";
import { filters, onePosition, paging, readParameters, sdkAppId } from "./parameters.ts";
import { Refusal } from "./refusal.ts";
import { sendAnswer } from "./send-answer.ts";

const params = z.object({ name: z.string() });

/** `GET /v1/sinks` and what is below it: how far each sink is, what it did not take, and what to do about it. */
export function addSinkRoutes(http: FastifyInstance, { sinks }: { readonly sinks: Sinks }): void {
  http.get("/v1/sinks", async (request) => {
    readParameters({}, request.query);
    return { sinks: (await sinks.reports()).map(sinkJson), absent: (await sinks.absent()).map(absentJson) };
  });

  http.get("/v1/sinks/:name/dead-letters", async (request) => {
    const { after, limit } = readParameters(paging, request.query);
    const { letters, more } = await sinks.deadLetters(sinkAsked(sinks, request), after, limit);
    return {
      deadLetters: letters.map(({ position, failures, error, diedAt, event }) => ({
        position: String(position),
        failures,
        error,
        diedAt,
        event: event ? eventJson(event) : null,
      })),
      next: more ? String(letters.at(-1)?.position) : null,
    };
  });

  http.post("/v1/sinks/:name/dead-letters/retry", async (request) => {
    refuseOtherOrigins(request);
    const { position } = readParameters({ position: onePosition }, request.query);
    const asked = await sinks.retry(sinkAsked(sinks, request), position);
    if (asked > 0 || position === undefined) return { retried: asked };
    throw new Refusal(404, "There is no dead letter at this position: GET dead-letters lists them.");
  });

  http.get("/v1/sinks/:name/held", async (request) => {
    readParameters({}, request.query);
    return { held: sinks.held(sinkAsked(sinks, request)).map(heldJson) };
  });

  http.post("/v1/sinks/:name/held/skip", async (request) => {
    refuseOtherOrigins(request);
    const { group, sdkAppId: app } = readParameters({ group: filters.group, sdkAppId }, request.query);
    const name = sinkAsked(sinks, request);
    const asked = sinks
      .held(name)
      .filter((lane) => lane.groupId === group && (app === undefined || lane.sdkAppId === app));
    const [lane, another] = asked;
    if (another) throw new Refusal(400, "Several apps have such a group that is held: say which with sdkAppId.");
    const skipped = lane && (await sinks.skip(name, lane.lane));
    if (skipped !== undefined) return { skipped: String(skipped) };
    throw new Refusal(404, "This group is not held: GET held lists those that are.");
  });

  for (const [action, paused] of [
    ["pause", true],
    ["resume", false],
  ] as const) {
    http.post(`/v1/sinks/:name/${action}`, async (request, reply) => {
      refuseOtherOrigins(request);
      readParameters({}, request.query);
      await sinks.setPaused(sinkAsked(sinks, request), paused);
      return sendAnswer(reply, accepted());
    });
  }

  http.delete("/v1/sinks/:name", async (request, reply) => {
    refuseOtherOrigins(request);
    readParameters({}, request.query);
    const { name } = params.parse(request.params);
    if (sinks.has(name)) throw new Refusal(409, "This sink is configured: take it out of the configuration first.");
    if (!(await sinks.forget(name)))
      throw new Refusal(404, "There is no place of such a sink: GET /v1/sinks lists them.");
    return sendAnswer(reply, accepted());
  });
}

function sinkAsked(sinks: Sinks, request: FastifyRequest): string {
  const { name } = params.parse(request.params);
  if (sinks.has(name)) return name;
  throw new Refusal(404, "There is no sink of this name: GET /v1/sinks lists them.");
}

/** A page of another site can make a browser post here, and the recorder asks nobody who they are. */
function refuseOtherOrigins({ headers: { origin, host } }: FastifyRequest): void {
  if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) return;
  throw new Refusal(403, "Pages of other sites may change nothing here: call it from a program.");
}

function heldJson({ sdkAppId: app, groupId, after, failures, nextAt, error }: HeldLane) {
  return { sdkAppId: app, groupId: groupId ?? null, after: String(after), failures, nextAttemptAt: nextAt, error };
}

function absentJson({ name, position }: { readonly name: string; readonly position: number }) {
  return { name, position: String(position) };
}

/** Delivering (or there is nothing to deliver), failing (left alone for a while), or paused by somebody. */
function stateOf({ paused, failingUntil }: SinkReport): "delivering" | "failing" | "paused" {
  if (paused) return "paused";
  return failingUntil === undefined ? "delivering" : "failing";
}

function sinkJson(report: SinkReport) {
  const { name, type, position, behind, lagMs, heldGroups, deadLetters, delivered, failures } = report;
  const { failingUntil, lastFailure } = report;
  return {
    name,
    type,
    state: stateOf(report),
    position: String(position),
    behind,
    lagSeconds: lagMs / 1_000,
    heldGroups,
    deadLetters,
    delivered,
    failures,
    lastFailure: lastFailure ?? null,
    nextAttemptAt: failingUntil ?? null,
  };
}
