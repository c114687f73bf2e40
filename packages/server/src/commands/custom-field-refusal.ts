import { ErrorCode } from "@muster/protocol";

import type { Refusal } from "./command.ts";

/**
 * Why custom fields cannot be set, or `undefined` where the app has all of them.
 * @param where the request's field that holds them, for the refusal
 */
export function customFieldRefusal(
  fields: readonly (readonly [key: string, value: string])[],
  known: ReadonlySet<string>,
  where: string,
): Refusal | undefined {
  const unknown = fields.find(([key]) => !known.has(key));
  if (!unknown) return undefined;
  return { code: ErrorCode.InvalidParameter, info: `${where}: the app has no custom field "${unknown[0]}"` };
}
