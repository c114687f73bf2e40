import * as z from "zod";

import { capabilities } from "./group/capabilities.ts";
import { defaultQuantities } from "./group/quantities.ts";

const MOST = 4_294_967_295;
const quantity = z
  .int()
  .min(0)
  .max(MOST)
  .meta({ description: `a number from 0 to ${MOST}` });

/** Most members of groups of a type: no more than the type takes in any app. */
function membersOf(type: keyof typeof defaultQuantities.membersPerGroup) {
  const { maxMembers } = capabilities[type];
  const members = z.int().min(1).max(maxMembers);
  const described = members.meta({ description: `a number from 1 to ${maxMembers}` });
  return described.default(defaultQuantities.membersPerGroup[type]);
}

/** How much an app may have, as it is set. */
export const quantities = z.strictObject({
  newGroupsPerDay: quantity.default(defaultQuantities.newGroupsPerDay),
  groups: quantity.optional(),
  avChatRooms: quantity.optional(),
  groupsPerUser: quantity.default(defaultQuantities.groupsPerUser),
  topicsPerCommunity: quantity.default(defaultQuantities.topicsPerCommunity),
  membersPerGroup: z
    .strictObject({
      Work: membersOf("Work"),
      Public: membersOf("Public"),
      Meeting: membersOf("Meeting"),
      Community: membersOf("Community"),
    })
    .default(defaultQuantities.membersPerGroup),
});

const MOST_CALLS = 1_000_000;

/** How often an app may call each command in a second, as it is set. */
export const rates = z
  .union([z.literal("documented"), z.int().min(1).max(MOST_CALLS)])
  .meta({ description: `"documented" or a number of calls a second from 1 to ${MOST_CALLS}` });
