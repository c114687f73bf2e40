import { ErrorCode } from "@muster/protocol";

import type { Ban, Group } from "../group/group.ts";
import { done, refuse, type Refusal } from "./command.ts";
import { onGroup } from "./on-group.ts";
import { wentOffline } from "./went-offline.ts";

interface BanMembers {
  readonly groupId: string;
  readonly userIds: readonly string[];
  /** For how many seconds from now; 0 lifts the ban. */
  readonly banFor: number;
  /** Most users that one call takes. */
  readonly most: number;
  /** Those who are in the group. */
  readonly audience: readonly string[];
  /** Those of them whose going the app is told of. */
  readonly newest: ReadonlySet<string>;
}

/**
 * Bans users from an AVChatRoom, or lifts their ban. Whoever is banned cannot come in until it runs out; those who
 * are in leave, which is told like any removal.
 */
export const banMembers = onGroup<BanMembers, readonly Ban[]>(undefined, async (tx, { now }, input, group) => {
  const { groupId, userIds, banFor, most, audience, newest } = input;
  const refusal = banRefusal(group);
  if (refusal) return { ok: false, refusal };
  if (userIds.length > most) {
    return refuse(ErrorCode.TooManyAccounts, `Members_Account names ${userIds.length} users, one call takes ${most}`);
  }
  const until = banFor === 0 ? 0 : Math.floor(now / 1000) + banFor;
  const bans = userIds.map((userId) => ({ userId, until }));
  await tx.setBans(groupId, bans);
  const leaving = banFor === 0 ? [] : audience.filter((userId) => userIds.includes(userId));
  if (leaving.length === 0) return done(bans);
  return done(
    bans,
    { kind: "members-left", group, userIds: leaving, how: "Kicked", silent: false },
    ...wentOffline(
      group,
      leaving.filter((userId) => newest.has(userId)),
      "Quit",
    ),
  );
});

/** Why a group has no bans, or `undefined` where it can. */
export function banRefusal({ type }: Group): Refusal | undefined {
  if (type === "AVChatRoom") return undefined;
  return { code: ErrorCode.NotPermitted, info: `a group of type ${type} has no bans, only an AVChatRoom has` };
}
