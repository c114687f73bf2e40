import { settings } from "@muster/foundation";
import { ErrorCode } from "@muster/protocol";
import * as z from "zod";

import type { App } from "../../app-settings.ts";
import type { Refusal } from "../../commands/command.ts";
import type { Caller } from "../../context.ts";
import { AdminRefusal } from "../admin-refusal.ts";
import type { AdminPorts } from "../admin-route.ts";

/** The part of a path that names a group. */
export const groupPath = z.strictObject({ sdkAppId: settings.sdkAppId, groupId: z.string().min(1).max(96) });

/** What a group's routes need beyond its description: the app that it is in. */
export function appOf({ executor }: AdminPorts, sdkAppId: number): App {
  const app = executor.apps.get(sdkAppId);
  if (!app)
    throw new AdminRefusal("not-found", `There is no app ${sdkAppId}: GET /admin/v1/apps lists those that there are.`);
  return app;
}

/** Who acts where somebody acts through the admin API: an administrator of the app, as through its REST API. */
export function administratorOf(app: App, clientIp: string): Caller {
  const [userId = ""] = app.administrators;
  return { userId, isAdministrator: true, clientIp, platform: "RESTAPI" };
}

const missing: ReadonlySet<number> = new Set([
  ErrorCode.GroupNotFound,
  ErrorCode.TopicNotFound,
  ErrorCode.GroupIdInvalid,
]);

/** The refusal of a command as this API tells it. */
export function refused({ code, info }: Refusal): AdminRefusal {
  return new AdminRefusal(missing.has(code) ? "not-found" : "conflict", `${info} (${code}).`);
}
