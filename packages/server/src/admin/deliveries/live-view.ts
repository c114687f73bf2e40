import * as z from "zod";

import { groupOfLane } from "../../deliveries.ts";
import type { Settlement } from "../../ports/outbox.ts";
import { position } from "./delivery-view.ts";

const liveView = z.strictObject({
  position,
  groupId: z.string().nullable().meta({ description: "null where the callback belongs to no group" }),
  sequence: z.int().meta({ description: "its number within the group" }),
  command: z.string(),
  attempt: z.int().meta({ description: "1 for the first" }),
  startedAt: z.int().meta({ description: "when the attempt began, ms since 1970" }),
  durationMs: z.number(),
  outcome: z.string().meta({ description: "delivered, or the class of what went wrong" }),
  status: z.int().optional().meta({ description: "the answer's HTTP status" }),
  state: z.enum(["delivered", "pending", "dead"]).meta({ description: "what became of the callback" }),
  isReplay: z.boolean(),
});

/** What has happened since the event before. */
export const liveBatch = z.strictObject({
  total: z.int().meta({ description: "attempts that fit" }),
  deliveries: z.array(liveView).meta({ description: "those of them that are shown" }),
});

export type LiveBatch = z.output<typeof liveBatch>;

export function viewOfLive({ callback, attempt, state }: Settlement): z.output<typeof liveView> {
  const { number, startedAt, durationMs, outcome, status } = attempt;
  const group = groupOfLane(callback.lane);
  return {
    position: callback.position,
    groupId: group === "" ? null : group,
    sequence: callback.replayOf?.sequence ?? callback.sequence,
    command: callback.command,
    attempt: number,
    startedAt,
    durationMs,
    outcome,
    ...(status !== undefined && { status }),
    state: typeof state === "object" ? "pending" : state,
    isReplay: callback.replayOf !== undefined,
  };
}
