import { callbackParameters } from "@muster/protocol";

import type { DeliveryDetail, SentRequest } from "../deliveries.ts";
import { deliveryHeaders } from "./delivery-headers.ts";
import { lastingHeaders } from "./poster.ts";

/**
 * The request of a delivery's last attempt, or of the first where there was none yet: what is made anew for each
 * attempt, and proves the sender, is left out.
 */
export function sentRequest({ delivery, body, clientIp, platform }: DeliveryDetail): SentRequest {
  const { sdkAppId, command, id, attempts } = delivery;
  return {
    parameters: callbackParameters({ sdkAppId, command, clientIp, platform }),
    headers: { ...lastingHeaders(id), ...deliveryHeaders(delivery, Math.max(attempts, 1)) },
    body,
  };
}
