import { DatabaseSync } from "node:sqlite";

/**
 * Delivering goes on by itself: what it writes is left out, and of the outbox only what was put in counts. A login that
 * notes that somebody listens changes nothing either.
 */
const BESIDES = new Set(["attempt", "lane", "ledger", "given_up", "listener"]);
const OUTBOX = "position, app, lane, sequence, command, body";

/** Reads all that a server's store holds, so that two moments can be compared. Closed by whoever opened it. */
export function openStored(path: string): { read(): unknown; close(): void } {
  const db = new DatabaseSync(path, { readOnly: true });
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !BESIDES.has(name))
    .map((name) => ({ name, all: db.prepare(`SELECT ${name === "outbox" ? OUTBOX : "*"} FROM ${name}`) }));
  return {
    read: () => Object.fromEntries(tables.map(({ name, all }) => [name, all.all()])),
    close() {
      db.close();
    },
  };
}
