import type { RecordedCallback } from "../journal/event-reader.ts";

/** What is delivered in order: a group's events, or those of an app that are of no group. */
export function laneOf({ sdkAppId, groupId }: Pick<RecordedCallback, "sdkAppId" | "groupId">): string {
  return groupId === undefined ? String(sdkAppId) : `${sdkAppId}/${groupId}`;
}
