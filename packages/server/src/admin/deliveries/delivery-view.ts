import { settings } from "@muster/foundation";
import * as z from "zod";

import { deliveryStates, type Delivery, type DeliveryDetail, type SentRequest } from "../../deliveries.ts";
import { attemptOutcomes, type Attempt } from "../../ports/outbox.ts";

const time = (of: string) => z.int().meta({ description: `${of}, ms since 1970` });

/** A delivery's position, as it names a delivery in a path or a query. */
export const position = z.int().min(1).meta({ description: "names the delivery: its place among all, newest highest" });

const outcome = z.enum(attemptOutcomes).meta({ description: "delivered, or the class of what went wrong" });

/** A delivery as the admin API lists it. */
export const deliveryView = z.strictObject({
  position,
  sdkAppId: settings.sdkAppId,
  groupId: z.string().nullable().meta({ description: "null where the callback belongs to no group" }),
  sequence: z.int().meta({ description: "its number within the group; a replay has its original's" }),
  id: z.string().meta({ description: "webhook-id" }),
  command: z.string(),
  acceptedAt: time("when it came into the outbox"),
  state: z.enum(deliveryStates),
  attempts: z.int(),
  lastOutcome: outcome.optional(),
  replayOf: position.optional().meta({ description: "the delivery that this one repeats" }),
});

const attemptView = z.strictObject({
  number: z.int(),
  startedAt: time("when it began"),
  durationMs: z.int(),
  outcome,
  status: z.int().optional().meta({ description: "the answer's HTTP status" }),
  code: z.int().optional().meta({ description: "ErrorCode of the answer" }),
  answer: z.string().optional().meta({ description: "the first 4 KiB of the answer" }),
  error: z.string().optional().meta({ description: "what went wrong, in words" }),
});

/** A delivery with everything that is kept of it. */
export const deliveryDetailView = deliveryView.extend({
  attempts: z.array(attemptView),
  retryAt: time("when it is tried next").optional(),
  givenUpAt: time("when it was given up").optional(),
  request: z
    .strictObject({
      parameters: z.string().meta({ description: "the query, without Sign and RequestTime" }),
      headers: z.record(z.string(), z.string()).meta({
        description: "without those that are made anew for each attempt (webhook-timestamp, webhook-signature)",
      }),
      body: z.string().meta({ description: "to the byte" }),
    })
    .meta({ description: "what is posted" }),
  replays: z.array(deliveryView).meta({ description: "the deliveries that repeat it, the oldest first" }),
});

export function viewOfDelivery({ group, replayOf, ...rest }: Delivery): z.output<typeof deliveryView> {
  return { ...rest, groupId: group === "" ? null : group, ...(replayOf && { replayOf: replayOf.position }) };
}

export function viewOfDetail(detail: DeliveryDetail, request: SentRequest): z.output<typeof deliveryDetailView> {
  const { delivery, attempts, retryAt, givenUpAt, replays } = detail;
  return {
    ...viewOfDelivery(delivery),
    attempts: attempts.map(viewOfAttempt),
    ...(retryAt !== undefined && { retryAt }),
    ...(givenUpAt !== undefined && { givenUpAt }),
    request,
    replays: replays.map(viewOfDelivery),
  };
}

function viewOfAttempt({ retryAfterMs: _notKept, ...attempt }: Attempt): z.output<typeof attemptView> {
  return attempt;
}
