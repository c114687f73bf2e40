import type { RecordedCallback } from "../journal/event-reader.ts";

/** Which events a sink is for; what is absent does not matter. */
export interface SinkSelection {
  readonly sdkAppIds?: readonly number[] | undefined;
  readonly commands?: readonly string[] | undefined;
}

export type SinkFilter = (event: Pick<RecordedCallback, "sdkAppId" | "command">) => boolean;

export function sinkFilter({ sdkAppIds, commands }: SinkSelection): SinkFilter {
  const ids = sdkAppIds && new Set(sdkAppIds);
  const names = commands && new Set(commands);
  return ({ sdkAppId, command }) => (ids?.has(sdkAppId) ?? true) && (names?.has(command) ?? true);
}
