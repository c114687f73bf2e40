/**
 * What was kept, and how far each lane is. Only callbacks in the state `waiting` are in the indexes by which work is
 * found, so what is done costs nothing but its place. Each statement by itself, since a pool may be set to that.
 */
export const schema: readonly string[] = [
  // Processes that start at once would otherwise make the same table twice, and one of them fail.
  "SELECT pg_advisory_xact_lock(1299539826)",
  `CREATE TABLE IF NOT EXISTS muster_inbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dedupe_key text NOT NULL UNIQUE,
    lane text NOT NULL,
    sequence bigint,
    happened_at bigint NOT NULL,
    received_at bigint NOT NULL,
    arrivals bigint NOT NULL DEFAULT 1,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'dead', 'stale', 'quarantined')),
    failures integer NOT NULL DEFAULT 0,
    seen boolean NOT NULL DEFAULT false,
    callback text NOT NULL,
    body bytea NOT NULL
  )`,
  "CREATE INDEX IF NOT EXISTS muster_inbox_waiting ON muster_inbox (position) WHERE state = 'waiting'",
  `CREATE INDEX IF NOT EXISTS muster_inbox_turns
    ON muster_inbox (lane, sequence, happened_at, position) WHERE state = 'waiting'`,
  "CREATE INDEX IF NOT EXISTS muster_inbox_since ON muster_inbox (lane, received_at) WHERE state = 'waiting'",
  "CREATE INDEX IF NOT EXISTS muster_inbox_dead ON muster_inbox (position) WHERE state = 'dead'",
  "CREATE INDEX IF NOT EXISTS muster_inbox_old ON muster_inbox (received_at) WHERE state NOT IN ('waiting', 'dead')",
  `CREATE TABLE IF NOT EXISTS muster_lane (
    lane text PRIMARY KEY,
    sequence bigint NOT NULL DEFAULT 0,
    disbanded_at bigint,
    due_at bigint NOT NULL DEFAULT 0,
    listening boolean NOT NULL DEFAULT false
  )`,
  // Asked for first: `ADD COLUMN IF NOT EXISTS` waits for all handlers under way, and has all others wait, to add nothing.
  `DO $$ BEGIN
    IF NOT EXISTS (
      SELECT FROM pg_attribute
      WHERE attrelid = 'muster_inbox'::regclass AND attname = 'error' AND NOT attisdropped
    ) THEN
      ALTER TABLE muster_inbox ADD COLUMN error text;
    END IF;
  END $$`,
];
