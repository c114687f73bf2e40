import type { GroupReads } from "../../ports/store.ts";
import { perApp } from "../per-app.ts";

/** A user of an app. */
export interface AppUser {
  readonly app: number;
  readonly userId: string;
}

/** Most users of whom it is remembered. */
const REMEMBERED = 10_000;

/**
 * The same reads, but that when a user was kicked is remembered: every call asks for it, and a connection that reads has
 * to look at the file anew after each commit of another. It stays true until a commit changes it, of which `onChanged`
 * tells: nobody else writes.
 */
export function rememberedKicks(
  reads: (sdkAppId: number) => GroupReads,
  onChanged: (listener: (changed: readonly AppUser[]) => void) => void,
): (sdkAppId: number) => GroupReads {
  const known = new Map<string, number>();
  let changes = 0;
  onChanged((changed) => {
    changes += 1;
    for (const { app, userId } of changed) known.delete(`${app} ${userId}`);
  });
  return perApp((app) => {
    const own = reads(app);
    return {
      ...own,
      async kickedAt(userId) {
        const key = `${app} ${userId}`;
        const remembered = known.get(key);
        if (remembered !== undefined) return remembered;
        const before = changes;
        const time = await own.kickedAt(userId);
        // What was read may be older than what was committed meanwhile.
        if (changes !== before) return time;
        if (known.size >= REMEMBERED) known.clear();
        known.set(key, time);
        return time;
      },
    };
  });
}
