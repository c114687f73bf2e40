import type { Postgres } from "../postgres/open-postgres.ts";
import { statement } from "../postgres/statement.ts";
import { StartError } from "../start-error.ts";

const isPart = statement("SELECT 1 FROM import WHERE NOT is_complete");

/**
 * Closes a store into which another one is being copied: half of it would be taken for all.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function refuseIncomplete(db: Postgres): Promise<void> {
  if ((await db.all(isPart)).length === 0) return;
  await db.close();
  throw new StartError(
    "STORE_UNUSABLE",
    "The store in PostgreSQL is not complete: run muster migrate-store once more, which goes on where it ended.",
  );
}
