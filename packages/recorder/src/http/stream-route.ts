import type { FastifyInstance } from "fastify";

import type { EventReader } from "../journal/event-reader.ts";
import type { Streams } from "../streams.ts";
import { cursor, filters, readParameters } from "./parameters.ts";
import { Refusal } from "./refusal.ts";

/** What the stream's route is made of. */
export interface StreamRouteParts {
  readonly journal: EventReader;
  readonly streams: Streams;
}

/**
 * `GET /v1/stream`: the journal's events as they come, as server-sent events. It goes on behind `Last-Event-ID`
 * (which a browser sends when it comes back) or `after`, else with what comes from now on.
 */
export function addStreamRoute(http: FastifyInstance, { journal, streams }: StreamRouteParts): void {
  http.get("/v1/stream", { exposeHeadRoute: false }, async (request, reply) => {
    const { after, group, ...rest } = readParameters({ ...filters, ...cursor }, request.query);
    const from = lastEventId(request.headers["last-event-id"]) ?? after ?? (await journal.lastPosition());
    reply.hijack();
    streams.open(reply.raw, { ...rest, groupId: group }, from);
  });

  // Before the server waits for its connections to end: these would not by themselves.
  http.addHook("preClose", (done) => {
    streams.closeAll();
    done();
  });
}

function lastEventId(header: string | string[] | undefined): number | undefined {
  if (header === undefined || header === "") return undefined;
  if (typeof header === "string" && /^\d{1,15}$/.test(header)) return Number(header);
  throw new Refusal(400, "Last-Event-ID must be the id of an event of this stream: leave it out to begin anew.");
}
