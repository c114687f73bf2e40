import { TYPES, type GroupType } from "@muster/client";

import type { Words } from "../../i18n/translation.ts";

/** What a type of group is called. */
export function groupTypeName(type: GroupType, words: Words): string {
  const names: Readonly<Record<GroupType, string>> = {
    [TYPES.GRP_PUBLIC]: words.typePublic,
    [TYPES.GRP_WORK]: words.typeWork,
    [TYPES.GRP_MEETING]: words.typeMeeting,
    [TYPES.GRP_COMMUNITY]: words.typeCommunity,
    [TYPES.GRP_AVCHATROOM]: TYPES.GRP_AVCHATROOM,
  };
  return names[type];
}
