import type { FastifyInstance } from "fastify";

import { eventJson } from "../event-json.ts";
import type { EventReader } from "../journal/event-reader.ts";
import { filters, paging, readParameters } from "./parameters.ts";

/** `GET /v1/events`: the journal, in the order of arrival. */
export function addEventRoutes(http: FastifyInstance, { journal }: { readonly journal: EventReader }): void {
  http.get("/v1/events", async (request) => {
    const { after, limit, group, ...rest } = readParameters({ ...filters, ...paging }, request.query);
    const { events, more } = await journal.readEvents({ ...rest, groupId: group }, after, limit);
    return { events: events.map(eventJson), next: more ? String(events.at(-1)?.position) : null };
  });
}
