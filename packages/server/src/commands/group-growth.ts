import { ErrorCode } from "@muster/protocol";

import type { Context } from "../context.ts";
import type { GroupEvent } from "../group/group-events.ts";
import { dayOf, isAlarming, type Growth } from "../group/quantities.ts";
import type { GroupWrites } from "../ports/store.ts";
import { refuse, type Refusal } from "./command.ts";

/**
 * Counts a group that is being created among those of the day. Tells of it where that passes the part of the day's
 * quantity that the app is to know of, once a day.
 */
export async function countNewGroup(
  tx: GroupWrites,
  { app, now }: Context,
  { net, alarmed }: Growth,
): Promise<
  { readonly ok: true; readonly events: readonly GroupEvent[] } | { readonly ok: false; readonly refusal: Refusal }
> {
  const quota = app.quantities.newGroupsPerDay;
  const day = dayOf(now);
  const used = net + 1;
  if (used > quota) {
    return refuse(ErrorCode.TooManyNewGroups, `the app has the ${quota} more groups of today that it may have`);
  }
  await tx.addGrowth(day, 1);
  const alarms = !alarmed && isAlarming(used, quota) && (await tx.raiseAlarm(day));
  return { ok: true, events: alarms ? [{ kind: "daily-quota-alarm", used, quota }] : [] };
}

/** Removes a group with all that belongs to it, and makes room for another one of the same day. */
export async function disband(tx: GroupWrites, { now }: Context, groupId: string): Promise<void> {
  await tx.removeGroup(groupId);
  await tx.addGrowth(dayOf(now), -1);
}
