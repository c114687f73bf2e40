import { call } from "../api/call.ts";
import type { Page } from "../route/location.ts";

/** The page that an app is opened at: the playground until there has been a callback, for whoever sees it all first. */
export async function startPageOf(sdkAppId: number): Promise<Page> {
  try {
    const { deliveries } = await call("listDeliveries", { query: { sdkAppId, limit: 1 } });
    return deliveries.length === 0 ? "playground" : "live";
  } catch {
    return "live";
  }
}
