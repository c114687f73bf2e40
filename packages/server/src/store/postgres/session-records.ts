import { statement, type Postgres } from "@muster/foundation";

import type { SessionRecords } from "../../ports/session-records.ts";

const clear = statement(
  `DELETE FROM console_session WHERE expires_at <= $1 OR digest IN (
     SELECT digest FROM console_session ORDER BY expires_at DESC OFFSET $2
   )`,
);
const add = statement("INSERT INTO console_session (digest, expires_at) VALUES ($1, $2)");
const find = statement("SELECT expires_at FROM console_session WHERE digest = $1");
const remove = statement("DELETE FROM console_session WHERE digest = $1");

/** Who is signed in to the console, for all nodes. */
export function createSessionRecords(db: Postgres): SessionRecords {
  return {
    async add({ digest, expiresAt }, now, most) {
      await db.transaction(async (tx) => {
        tx.push(clear, now, most - 1);
        tx.push(add, digest, expiresAt);
      });
    },
    async expiryOf(digest) {
      const [row] = await db.all<{ expires_at: number }>(find, digest);
      return row?.expires_at;
    },
    async remove(digest) {
      await db.all(remove, digest);
    },
  };
}
