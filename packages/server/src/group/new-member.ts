import type { GroupType } from "@muster/protocol";

import { capabilities } from "./capabilities.ts";
import type { Member, Role } from "./group.ts";

/** A member of a group of some type as one begins. */
export function newMember(type: GroupType, userId: string, role: Role, joinTime: number): Member {
  const { msgFlag } = capabilities[type];
  return { userId, role, joinTime, nameCard: "", msgFlag, mutedUntil: 0, customFields: {} };
}
