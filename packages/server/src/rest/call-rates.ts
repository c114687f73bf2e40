import { DOCUMENTED_CALLS, type RestCommand } from "@muster/protocol";

import type { App } from "../app-settings.ts";

/** Counts how often each app calls each command. */
export interface CallRates {
  /** Counts one call at a time (ms since 1970); the rate that it exceeds, `undefined` where it keeps to it. */
  exceeded(app: App, command: RestCommand, now: number): number | undefined;
}

/**
 * Counts calls by the second: at the turn of one all counts begin anew, so that there are never more of them than
 * commands that were called within a second.
 */
export function createCallRates(): CallRates {
  const counts = new Map<string, number>();
  let current = 0;
  return {
    exceeded({ sdkAppId, rates }, { service, command, callsPerSecond = DOCUMENTED_CALLS }, now) {
      if (rates === undefined) return undefined;
      const second = Math.floor(now / 1000);
      if (second !== current) counts.clear();
      current = second;
      const key = `${sdkAppId}/${service}/${command}`;
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      const rate = rates === "documented" ? callsPerSecond : rates;
      return count > rate ? rate : undefined;
    },
  };
}
