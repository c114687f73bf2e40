import { Readable } from "node:stream";

import { nextTurn } from "@muster/foundation";
import type { FastifyInstance } from "fastify";
import * as z from "zod";

import { eventJson } from "../event-json.ts";
import type { EventFilter, EventReader } from "../journal/event-reader.ts";
import type { Journal } from "../journal/journal.ts";
import { keyColumns, mirrorTables, type MirrorReader, type MirrorTable, type RowKey } from "../mirror/mirror-reader.ts";
import type { RunningMirror } from "../mirror/start-mirror.ts";
import { freshMirror } from "./mirror-routes.ts";
import { filters, readParameters, cursor } from "./parameters.ts";
import { Refusal } from "./refusal.ts";

/** Items that are read in one go, before others have their turn. */
const PART = 200;
const JSON_LINES = "application/x-ndjson";

/** What the export is made of. */
export interface ExportRouteParts {
  readonly journal: Journal;
  readonly mirror: RunningMirror | undefined;
}

const rowKey = z.array(z.union([z.string(), z.number()]));

/**
 * `GET /v1/export`: everything as JSON lines, of the journal (`what=events`) or of a table of the mirror, up to what there is
 * now. It is read no faster than it is taken. What breaks off is gone on with by `after`: an event's `position`, or of a
 * row its key as a JSON array.
 */
export function addExportRoute(http: FastifyInstance, { journal, mirror }: ExportRouteParts): void {
  http.get("/v1/export", { exposeHeadRoute: false }, async (request, reply) => {
    const { what } = readParameters(
      { what: z.enum(["events", ...mirrorTables]).default("events") },
      pick(request.query),
    );
    if (what === "events") {
      const shape = { what: z.literal("events").optional(), ...filters, ...cursor };
      const { after = 0, group, sdkAppId, command } = readParameters(shape, request.query);
      const lines = eventLines(journal, { sdkAppId, command, groupId: group }, after, await journal.lastPosition());
      return reply.type(JSON_LINES).send(Readable.from(lines));
    }
    const { after } = readParameters({ what: z.literal(what), after: z.string().optional() }, request.query);
    const { reader } = await freshMirror(mirror);
    return reply.type(JSON_LINES).send(Readable.from(rowLines(reader, what, keyAsked(what, after))));
  });
}

/** Of a query, what says which of the two forms it has. */
function pick(query: unknown): Record<string, unknown> {
  const { what } = z.looseObject({ what: z.unknown().optional() }).parse(query);
  return what === undefined ? {} : { what };
}

function keyAsked(table: MirrorTable, text: string | undefined): RowKey | undefined {
  if (text === undefined) return undefined;
  const columns = keyColumns(table);
  try {
    const key = rowKey.parse(JSON.parse(text));
    if (key.length === columns.length) return key;
  } catch {
    // Said below.
  }
  throw new Refusal(400, `after must be the key of a row as a JSON array: [${columns.join(", ")}].`);
}

/** The events that are there at first, in parts: what comes meanwhile is not waited for. */
async function* eventLines(
  journal: EventReader,
  filter: EventFilter,
  after: number,
  last: number,
): AsyncGenerator<string> {
  for (let position = after; ;) {
    const { events, more } = await journal.readEvents(filter, position, PART);
    const lines = events
      .filter((event) => event.position <= last)
      .map((event) => `${JSON.stringify(eventJson(event))}\n`);
    if (lines.length > 0) yield lines.join("");
    position = events.at(-1)?.position ?? last;
    if (!more || position >= last) return;
    await nextTurn();
  }
}

async function* rowLines(reader: MirrorReader, table: MirrorTable, start: RowKey | undefined): AsyncGenerator<string> {
  const columns = keyColumns(table);
  for (let after = start; ;) {
    const rows = await reader.readRows(table, after, PART);
    if (rows.length > 0) yield rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    const last = rows.at(-1);
    if (!last || rows.length < PART) return;
    after = rowKey.parse(columns.map((column) => last[column]));
    await nextTurn();
  }
}
