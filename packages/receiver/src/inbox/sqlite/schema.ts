import { rowOf, type SqliteConnection } from "./sqlite-connection.ts";

/**
 * What was kept, and how far each lane is. Only callbacks in the state `waiting` are in the indexes by which work is
 * found, so what is done costs nothing but its place.
 */
const schema = `
  CREATE TABLE IF NOT EXISTS muster_inbox (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    dedupe_key TEXT NOT NULL UNIQUE,
    lane TEXT NOT NULL,
    sequence INTEGER,
    happened_at INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    arrivals INTEGER NOT NULL DEFAULT 1,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'dead', 'stale', 'quarantined')),
    failures INTEGER NOT NULL DEFAULT 0,
    callback TEXT NOT NULL,
    body BLOB NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS muster_inbox_waiting ON muster_inbox (position, lane) WHERE state = 'waiting';
  CREATE INDEX IF NOT EXISTS muster_inbox_turns
    ON muster_inbox (lane, sequence IS NULL, sequence, happened_at, position) WHERE state = 'waiting';
  CREATE INDEX IF NOT EXISTS muster_inbox_since ON muster_inbox (lane, received_at) WHERE state = 'waiting';
  CREATE INDEX IF NOT EXISTS muster_inbox_dead ON muster_inbox (position) WHERE state = 'dead';
  CREATE INDEX IF NOT EXISTS muster_inbox_old ON muster_inbox (received_at) WHERE state NOT IN ('waiting', 'dead');

  CREATE TABLE IF NOT EXISTS muster_lane (
    lane TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL DEFAULT 0,
    disbanded_at INTEGER,
    due_at INTEGER NOT NULL DEFAULT 0,
    listening INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
`;

/** Makes what is missing of the tables; several processes may do so at once. */
export function makeTables(connection: SqliteConnection): void {
  connection.exec(schema);
  if (hasErrors(connection)) return;
  try {
    connection.exec("ALTER TABLE muster_inbox ADD COLUMN error TEXT");
  } catch (error) {
    // Another process was faster.
    if (!hasErrors(connection)) throw error;
  }
}

/** Whether the inbox has the column of dead letters' errors, which is younger than the table. */
function hasErrors(connection: SqliteConnection): boolean {
  const column = connection.prepare("SELECT 1 FROM pragma_table_info('muster_inbox') WHERE name = 'error'");
  return rowOf(column) !== undefined;
}
