// Savepoints are a handler's own, to begin and to go back to.
const ENDS_TRANSACTION =
  /(?:^|;)\s*(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ABORT|ROLLBACK(?!\s+(?:TRANSACTION\s+|WORK\s+)?TO))\b/i;

/**
 * Whether an SQL text begins or ends a transaction. It looks for mistakes, not for tricks: a handler that commits
 * would part its effect from the mark that it is done.
 */
export function endsTransaction(sql: string): boolean {
  return ENDS_TRANSACTION.test(sql);
}
