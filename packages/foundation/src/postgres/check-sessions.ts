import type { Client, ClientBase } from "pg";

import { unusable, type PostgresPlace } from "./explain-failure.ts";

/** What is asked of a connection in turns: twice of the first, lest two that are handed around in turn look faithful. */
const TURNS = 3;

export interface SessionCheck {
  /** A connection that is open. */
  readonly first: ClientBase;
  /** Another one to the same place, which gives up soon where it gets no answer. */
  readonly other: () => Client;
  /** How many the program needs at a time. */
  readonly needed: number;
  readonly place: PostgresPlace;
}

/**
 * Looks at what may stand between a program and PostgreSQL.
 *
 * A pooler in transaction mode hands the same session to several connections: what belongs to a session, its locks
 * above all, would then belong to anybody. It shows where two connections meet the same process, or one of them another.
 * One in session mode is as good as PostgreSQL, as long as it has a session for each connection: who gets none waits, and
 * would do so in the midst of a command. It shows where a process serves on after its connection has ended.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function checkSessions({ first, other, needed, place }: SessionCheck): Promise<void> {
  const gone = await withOthers(other, 1, async ([second]) => {
    const [mine, theirs] = [new Set<number>(), new Set<number>()];
    for (let turn = 0; turn < TURNS; turn += 1) {
      mine.add(await processOf(first)).add(await processOf(first));
      if (second) theirs.add(await processOf(second));
    }
    if (mine.size > 1 || theirs.size > 1 || [...mine].some((pid) => theirs.has(pid))) throw handsAround(place);
    return theirs;
  }).catch((error: unknown) => {
    throw isTimeout(error) ? hasTooFew(place, needed) : error;
  });
  const isPooled = await withOthers(other, 1, async ([third]) => third && gone.has(await processOf(third)));
  if (!isPooled) return;
  await withOthers(other, needed - 1, (all) => Promise.all(all.map(processOf))).catch((error: unknown) => {
    throw isTimeout(error) ? hasTooFew(place, needed) : error;
  });
}

async function processOf(client: ClientBase): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return rows[0]?.pid ?? 0;
}

async function withOthers<T>(
  other: () => Client,
  count: number,
  use: (all: readonly Client[]) => Promise<T>,
): Promise<T> {
  const all = Array.from({ length: count }, other);
  // One that is lost fails whoever uses it.
  for (const client of all) client.on("error", () => undefined);
  try {
    await Promise.all(all.map((client) => client.connect()));
    return await use(all);
  } finally {
    await Promise.all(all.map((client) => client.end()));
  }
}

/** As the driver says it where no answer came, or no connection. */
function isTimeout(error: unknown): boolean {
  return error instanceof Error && /timeout/i.test(error.message);
}

function handsAround(place: PostgresPlace): Error {
  return unusable(
    place,
    "a pooler in between hands one session to several connections (pool_mode transaction or statement)",
    "set the address of PostgreSQL itself in the store's URL, or pool_mode to session",
  );
}

function hasTooFew(place: PostgresPlace, needed: number): Error {
  return unusable(
    place,
    `a pooler in between has not the ${needed} sessions that this program needs`,
    "let it have so many for each node (default_pool_size of pgbouncer), or set the address of PostgreSQL itself in the store's URL",
  );
}
