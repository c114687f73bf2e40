import type { Migration } from "@muster/foundation";

/** "Mmir" in ASCII: marks the file as a recorder's mirror. */
export const MIRROR_APPLICATION_ID = 0x4d_6d_69_72;

/**
 * The mirror's tables, as docs/guides/recorder.md tells of them: people have queries of their own that rely on
 * them. `mirror` and `checkpoints` are the recorder's own business.
 */
export const mirrorMigrations: readonly Migration[] = [
  {
    name: "mirror",
    sql: `
      CREATE TABLE groups (
        sdk_app_id INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('unknown', 'there', 'disbanded')),
        life INTEGER NOT NULL,
        type TEXT,
        name TEXT,
        introduction TEXT,
        notification TEXT,
        face_url TEXT,
        owner TEXT,
        member_count INTEGER NOT NULL,
        topic_count INTEGER NOT NULL,
        is_full INTEGER NOT NULL,
        created_at INTEGER,
        disbanded_at INTEGER,
        last_sequence INTEGER,
        missing INTEGER NOT NULL,
        last_position INTEGER NOT NULL,
        last_received_at INTEGER NOT NULL,
        PRIMARY KEY (sdk_app_id, group_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX groups_by_owner ON groups (owner);
      CREATE INDEX groups_disbanded ON groups (last_received_at) WHERE state = 'disbanded';

      CREATE TABLE members (
        sdk_app_id INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        role TEXT NOT NULL,
        name_card TEXT,
        joined_at INTEGER,
        PRIMARY KEY (sdk_app_id, group_id, user_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX members_by_user ON members (user_id);

      CREATE TABLE topics (
        sdk_app_id INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        topic_id TEXT NOT NULL,
        name TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        PRIMARY KEY (sdk_app_id, group_id, topic_id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE custom_fields (
        sdk_app_id INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (sdk_app_id, group_id, key)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE attributes (
        sdk_app_id INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        key TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (sdk_app_id, group_id, key)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE gaps (
        sdk_app_id INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL,
        PRIMARY KEY (sdk_app_id, group_id, first)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE checkpoints (
        sdk_app_id INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        fold TEXT NOT NULL,
        PRIMARY KEY (sdk_app_id, group_id)
      ) STRICT;

      CREATE TABLE mirror (
        position INTEGER NOT NULL,
        rules INTEGER NOT NULL
      ) STRICT;
      INSERT INTO mirror (position, rules) VALUES (0, 0);
    `,
  },
  {
    name: "incomplete groups",
    sql: "CREATE INDEX groups_incomplete ON groups (sdk_app_id, group_id, missing) WHERE missing > 0",
  },
];
