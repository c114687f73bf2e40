import { importMigration, type Migration } from "@muster/foundation";

/** Where the journal's tables are in a database. */
export const SCHEMA = "muster_recorder";

/**
 * The journal's tables, as they are in SQLite. What is found by name is compared byte by byte. Rows of `events` are never
 * changed, and the oldest go where `retention` says so; `journal` has the position of the last one, and whoever adds some holds it until they are
 * committed: positions are 1, 2, 3 … without gaps, and are seen in their order.
 */
export const migrations: readonly Migration[] = [
  {
    name: "journal",
    sql: `
      CREATE TABLE journal (last bigint NOT NULL) WITH (fillfactor = 20);
      INSERT INTO journal VALUES (0);

      CREATE TABLE events (
        position bigint PRIMARY KEY,
        dedupe_key text COLLATE "C" NOT NULL UNIQUE,
        sdk_app_id bigint NOT NULL,
        command text COLLATE "C" NOT NULL,
        group_id text COLLATE "C",
        webhook_id text,
        sequence bigint,
        attempt bigint,
        event_time bigint,
        client_ip text,
        platform text,
        received_at bigint NOT NULL,
        query text NOT NULL,
        fault text,
        body bytea NOT NULL,
        replay bigint NOT NULL
      );
      CREATE INDEX events_by_group ON events (group_id, position) INCLUDE (sdk_app_id, sequence)
        WHERE group_id IS NOT NULL;
      CREATE INDEX events_by_command ON events (command, position);

      CREATE TABLE repeats (
        position bigint PRIMARY KEY,
        times bigint NOT NULL,
        last_arrived_at bigint NOT NULL,
        replays bigint NOT NULL
      ) WITH (fillfactor = 80);

      CREATE TABLE groups (
        group_id text COLLATE "C" NOT NULL,
        sdk_app_id bigint NOT NULL,
        first_position bigint NOT NULL UNIQUE,
        PRIMARY KEY (group_id, sdk_app_id)
      );
    `,
  },
  {
    name: "sinks",
    sql: `
      CREATE TABLE sinks (
        name text COLLATE "C" PRIMARY KEY,
        position bigint NOT NULL,
        paused boolean NOT NULL DEFAULT false
      );
      CREATE TABLE sink_lanes (
        sink text COLLATE "C" NOT NULL REFERENCES sinks (name) ON DELETE CASCADE,
        lane text COLLATE "C" NOT NULL,
        sdk_app_id bigint NOT NULL,
        group_id text,
        after bigint NOT NULL,
        failures bigint NOT NULL,
        next_at bigint NOT NULL,
        error text NOT NULL,
        PRIMARY KEY (sink, lane)
      );
      CREATE TABLE sink_dead_letters (
        sink text COLLATE "C" NOT NULL REFERENCES sinks (name) ON DELETE CASCADE,
        position bigint NOT NULL,
        failures bigint NOT NULL,
        error text NOT NULL,
        died_at bigint NOT NULL,
        PRIMARY KEY (sink, position)
      );
    `,
  },
  {
    name: "retention",
    sql: `
      -- What a group was behind its events that have gone; the journal's first event is behind all of those.
      CREATE TABLE snapshots (
        sdk_app_id bigint NOT NULL,
        group_id text COLLATE "C" NOT NULL,
        position bigint NOT NULL,
        instant bigint NOT NULL,
        fold text NOT NULL,
        PRIMARY KEY (sdk_app_id, group_id)
      );
    `,
  },
  importMigration,
];
