import type { AdminRoute } from "./admin-route.ts";
import { appRoutes } from "./apps/app-routes.ts";
import { secretRoutes } from "./apps/secret-routes.ts";
import { verifyRoutes } from "./apps/verify-route.ts";

/** Every operation of the admin API. */
export const adminRoutes: readonly AdminRoute[] = [...appRoutes, ...secretRoutes, ...verifyRoutes];
