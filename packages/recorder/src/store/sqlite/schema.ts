import type { Migration } from "@muster/foundation";

/** "Mrec" in ASCII: marks the file as a recorder's journal. */
export const APPLICATION_ID = 0x4d_72_65_63;

/**
 * The journal's tables. Rows of `events` are never changed; their positions are 1, 2, 3 … without gaps, in the order
 * of arrival. The oldest go where `retention` says so, and then all up to a position.
 *
 * Arrivals after the first have a table of their own: a row there is small, where changing one of `events`
 * would write its whole body anew.
 */
export const migrations: readonly Migration[] = [
  {
    name: "journal",
    sql: `
      CREATE TABLE events (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        dedupe_key TEXT NOT NULL UNIQUE,
        sdk_app_id INTEGER NOT NULL,
        command TEXT NOT NULL,
        group_id TEXT,
        webhook_id TEXT,
        sequence INTEGER,
        attempt INTEGER,
        event_time INTEGER,
        client_ip TEXT,
        platform TEXT,
        received_at INTEGER NOT NULL,
        query TEXT NOT NULL,
        fault TEXT,
        body BLOB NOT NULL
      ) STRICT;
      CREATE INDEX events_by_group ON events (group_id, position, sdk_app_id, sequence) WHERE group_id IS NOT NULL;
      CREATE INDEX events_by_command ON events (command, position);

      CREATE TABLE repeats (
        position INTEGER PRIMARY KEY REFERENCES events (position),
        times INTEGER NOT NULL,
        last_arrived_at INTEGER NOT NULL
      ) STRICT;

      CREATE TABLE groups (
        group_id TEXT NOT NULL,
        sdk_app_id INTEGER NOT NULL,
        first_position INTEGER NOT NULL UNIQUE REFERENCES events (position),
        PRIMARY KEY (group_id, sdk_app_id)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: "replays",
    sql: `
      ALTER TABLE events ADD COLUMN replay INTEGER NOT NULL DEFAULT 0;
      -- How many of the repeats were replays.
      ALTER TABLE repeats ADD COLUMN replays INTEGER NOT NULL DEFAULT 0;
    `,
  },
  {
    name: "followers",
    sql: `
      -- Up to which position whoever follows the journal has taken it.
      CREATE TABLE followers (
        name TEXT PRIMARY KEY,
        position INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: "sinks",
    sql: `
      -- How far each sink is: everything up to its position was delivered, is none of its, dead, or in a held lane.
      CREATE TABLE sinks (
        name TEXT PRIMARY KEY,
        position INTEGER NOT NULL,
        paused INTEGER NOT NULL DEFAULT 0
      ) STRICT, WITHOUT ROWID;

      -- Groups of which a sink did not take an event; a lane without a group has its app's events of none.
      CREATE TABLE sink_lanes (
        sink TEXT NOT NULL REFERENCES sinks (name) ON DELETE CASCADE,
        lane TEXT NOT NULL,
        sdk_app_id INTEGER NOT NULL,
        group_id TEXT,
        -- What is behind this position is still to be delivered.
        after INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        next_at INTEGER NOT NULL,
        error TEXT NOT NULL,
        PRIMARY KEY (sink, lane)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE sink_dead_letters (
        sink TEXT NOT NULL REFERENCES sinks (name) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        error TEXT NOT NULL,
        died_at INTEGER NOT NULL,
        PRIMARY KEY (sink, position)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    name: "retention",
    sql: `
      -- What a group was behind its events that have gone; the journal's first event is behind all of those.
      CREATE TABLE snapshots (
        sdk_app_id INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        instant INTEGER NOT NULL,
        fold TEXT NOT NULL,
        PRIMARY KEY (sdk_app_id, group_id)
      ) STRICT;

      -- The first event of a group may have gone.
      CREATE TABLE told_groups (
        group_id TEXT NOT NULL,
        sdk_app_id INTEGER NOT NULL,
        first_position INTEGER NOT NULL UNIQUE,
        PRIMARY KEY (group_id, sdk_app_id)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO told_groups SELECT group_id, sdk_app_id, first_position FROM groups;
      DROP TABLE groups;
      ALTER TABLE told_groups RENAME TO groups;

      -- Each follower keeps its position together with what it makes.
      DROP TABLE followers;
    `,
  },
];
