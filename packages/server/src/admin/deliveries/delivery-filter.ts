import { INSTANT, settings, toInstant } from "@muster/foundation";
import { callbackCommands } from "@muster/protocol";
import * as z from "zod";

import { deliveryStates, type DeliveryFilter } from "../../deliveries.ts";

// A query has no numbers but as texts.
const instant = z.union([z.int(), z.string()]).transform(toInstant);

/** By what deliveries are chosen, to be looked at or repeated. */
export const chosenBy = {
  sdkAppId: settings.sdkAppId,
  groupId: z.string().max(96).optional().meta({ description: 'only this group\'s; "" for what belongs to none' }),
  command: z.enum(callbackCommands).optional(),
  state: z.enum(deliveryStates).optional(),
  from: instant.optional().meta({ description: `accepted at this instant or later, ${INSTANT}` }),
  to: instant.optional().meta({ description: `accepted before this instant, ${INSTANT}` }),
  id: z.string().min(1).max(256).optional().meta({ description: "the webhook-id" }),
};

type Chosen = Omit<DeliveryFilter, "group"> & { readonly groupId?: string | undefined };

export function filterOf({ groupId, ...chosen }: Chosen): DeliveryFilter {
  return { ...chosen, group: groupId };
}
