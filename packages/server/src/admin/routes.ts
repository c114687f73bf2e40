import type { AdminRoute } from "./admin-route.ts";
import { appRoutes } from "./apps/app-routes.ts";
import { endpointRoutes } from "./apps/endpoint-routes.ts";
import { secretRoutes } from "./apps/secret-routes.ts";
import { userSigRoutes } from "./apps/user-sig-route.ts";
import { verifyRoutes } from "./apps/verify-route.ts";
import { deliveryRoutes } from "./deliveries/delivery-routes.ts";
import { liveRoutes } from "./deliveries/live-routes.ts";
import { replayRoutes } from "./deliveries/replay-routes.ts";
import { disbandRoutes } from "./groups/disband-routes.ts";
import { groupRoutes } from "./groups/group-routes.ts";
import { historyRoutes } from "./groups/history-route.ts";
import { sessionRoutes } from "./session-routes.ts";

/** Every operation of the admin API. */
export const adminRoutes: readonly AdminRoute[] = [
  ...sessionRoutes,
  ...appRoutes,
  ...secretRoutes,
  ...userSigRoutes,
  ...verifyRoutes,
  ...endpointRoutes,
  ...groupRoutes,
  ...disbandRoutes,
  ...historyRoutes,
  ...liveRoutes,
  ...deliveryRoutes,
  ...replayRoutes,
];
