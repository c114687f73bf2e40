import { ErrorCode, groupTypeNames, parseGroupType, type GroupType } from "@muster/protocol";

import { refuse, type Refusal } from "../commands/command.ts";

/** The type that a list of groups is narrowed to by its old or new name; all types where none is named. */
export function groupTypeFilter(
  name: string | undefined,
): { readonly ok: true; readonly type: GroupType | undefined } | { readonly ok: false; readonly refusal: Refusal } {
  if (name === undefined) return { ok: true, type: undefined };
  const type = parseGroupType(name);
  return type
    ? { ok: true, type }
    : refuse(ErrorCode.InvalidParameter, `GroupType must be one of ${groupTypeNames.join(", ")}`);
}
