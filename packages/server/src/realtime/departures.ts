import { leaveRoom } from "../commands/leave-room.ts";
import type { Caller } from "../context.ts";
import type { ConnectionPorts } from "./connection.ts";

/** The service itself noticed: nobody acted. */
const NOBODY: Caller = { userId: "", isAdministrator: true, clientIp: "", platform: "Unknown" };

/** Tells apps of users who are in a room no more because their last connection has ended. */
export function reportDepartures({ presence, executor, log }: ConnectionPorts): void {
  presence.onDeparture(({ sdkAppId, ...departure }) => {
    const app = executor.apps.get(sdkAppId);
    if (!app) return;
    // Where the room has ended meanwhile there is nothing to tell.
    executor.execute(app, NOBODY, leaveRoom, departure).catch((error: unknown) => {
      log.error({ err: error, sdkAppId }, "a departure could not be told");
    });
  });
}
