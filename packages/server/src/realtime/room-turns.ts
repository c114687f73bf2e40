import type { Presence } from "../ports/presence.ts";

/** Lets the devices of one user come to one group, or leave it, one after another. */
export function createRoomTurns(): Presence["inTurn"] {
  const last = new Map<string, Promise<unknown>>();

  return async (sdkAppId, groupId, userId, work) => {
    const key = JSON.stringify([sdkAppId, groupId, userId]);
    const own = (last.get(key) ?? Promise.resolve()).then(work);
    const over = own.catch(() => undefined);
    last.set(key, over);
    try {
      return await own;
    } finally {
      if (last.get(key) === over) last.delete(key);
    }
  };
}
