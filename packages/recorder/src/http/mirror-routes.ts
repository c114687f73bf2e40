import type { FastifyInstance } from "fastify";
import * as z from "zod";

import type { Gap } from "../mirror/mirror-reader.ts";
import type { RunningMirror } from "../mirror/start-mirror.ts";
import { limit, readParameters, sdkAppId } from "./parameters.ts";
import { Refusal } from "./refusal.ts";

/** What the mirror's routes are made of. */
export interface MirrorRouteParts {
  readonly mirror: RunningMirror | undefined;
}

/** `next` of a list of gaps: the last gap, as text. */
const place = z.tuple([z.number(), z.string(), z.number()]);

const afterGap = z
  .string()
  .transform((text, context): Gap => {
    const read = place.safeParse(jsonOf(text));
    if (read.success) {
      const [app, groupId, from] = read.data;
      return { sdkAppId: app, groupId, from, to: from };
    }
    context.addIssue({ code: "custom", message: "must be what next of the last page said" });
    return z.NEVER;
  })
  .optional();

/** `GET /v1/gaps`: the numbers that have not come, of all groups or of one. */
export function addMirrorRoutes(http: FastifyInstance, { mirror }: MirrorRouteParts): void {
  http.get("/v1/gaps", async (request) => {
    const shape = { sdkAppId, group: z.string().optional(), after: afterGap, limit };
    const asked = readParameters(shape, request.query);
    const { reader } = await freshMirror(mirror);
    const of = {
      ...(asked.sdkAppId !== undefined && { sdkAppId: asked.sdkAppId }),
      ...(asked.group !== undefined && { groupId: asked.group }),
    };
    const found = await reader.readGaps(of, asked.after, asked.limit + 1);
    const gaps = found.slice(0, asked.limit);
    const last = gaps.at(-1);
    const next = found.length > gaps.length && last ? JSON.stringify([last.sdkAppId, last.groupId, last.from]) : null;
    return { gaps, next };
  });
}

/**
 * The mirror, when it tells of everything that is in the journal now.
 * @throws {Refusal} where there is none, or it is far behind
 */
export async function freshMirror(mirror: RunningMirror | undefined): Promise<RunningMirror> {
  if (!mirror) {
    throw new Refusal(409, "This recorder has no mirror: set recorder.mirror to true in its configuration.");
  }
  if (!(await mirror.isFresh())) {
    throw new Refusal(503, "The mirror is behind the journal: ask again later, and see GET /v1/status.");
  }
  return mirror;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
