import { statement, type PostgresQueries } from "@muster/foundation";

import type { GroupReads } from "../../ports/store.ts";
import { gather } from "./gather.ts";

const kickedAt = statement(
  `SELECT coalesce((SELECT kicked_at FROM account WHERE app = asked.app AND user_id = asked.name), 0) AS at
   FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS asked (app, name, place) ORDER BY place`,
);

/** A user of an app. */
export interface AppUser {
  readonly app: number;
  readonly userId: string;
}

/** When users were kicked, as `GroupReads.kickedAt`: every call asks for it, so that calls ask together. */
export function createKicks(db: PostgresQueries): (user: AppUser) => ReturnType<GroupReads["kickedAt"]> {
  const look = gather(async (users: readonly AppUser[]) => {
    const [apps, names] = [users.map(({ app }) => app), users.map(({ userId }) => userId)];
    return (await db.all<{ at: number }>(kickedAt, apps, names)).map(({ at }) => at);
  });
  return async (user) => (await look(user)) ?? 0;
}
