import { settings } from "@muster/foundation";
import { callbackCommands } from "@muster/protocol";
import * as z from "zod";

import { deliveryStates, type DeliveryFilter } from "../../deliveries.ts";

// A query has no numbers but as texts.
const time = z
  .union([z.int().min(0), z.string().regex(/^\d{1,15}$/), z.iso.datetime({ offset: true })])
  .transform((given) => (/^\d+$/.test(String(given)) ? Number(given) : Date.parse(String(given))));

/** By what deliveries are chosen, to be looked at or repeated. */
export const chosenBy = {
  sdkAppId: settings.sdkAppId,
  groupId: z.string().max(96).optional().meta({ description: 'only this group\'s; "" for what belongs to none' }),
  command: z.enum(callbackCommands).optional(),
  state: z.enum(deliveryStates).optional(),
  from: time.optional().meta({ description: "accepted at this time or later: ms since 1970, or ISO 8601" }),
  to: time.optional().meta({ description: "accepted before this time: ms since 1970, or ISO 8601" }),
  id: z.string().min(1).max(256).optional().meta({ description: "the webhook-id" }),
};

type Chosen = Omit<DeliveryFilter, "group"> & { readonly groupId?: string | undefined };

export function filterOf({ groupId, ...chosen }: Chosen): DeliveryFilter {
  return { ...chosen, group: groupId };
}
