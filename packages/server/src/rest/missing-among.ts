import type { GroupReads } from "../ports/store.ts";

/**
 * Those of the users who have no account. A text that is no valid Unicode is nobody's id, and a database would take
 * it for another's: it is not asked.
 */
export async function missingAmong(reads: GroupReads, userIds: readonly string[]): Promise<ReadonlySet<string>> {
  const missing = await reads.missingAccounts(userIds.filter((userId) => userId.isWellFormed()));
  return new Set([...missing, ...userIds.filter((userId) => !userId.isWellFormed())]);
}
