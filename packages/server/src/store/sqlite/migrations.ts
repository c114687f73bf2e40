import type { Migration } from "@muster/foundation";

/** "MUSS": the server's data. */
export const APPLICATION_ID = 0x4d555353;

/**
 * The server's tables. Every key begins with the app. A group that is gone leaves nothing but its lane, which
 * keeps the number of its last callback.
 */
export const migrations: readonly Migration[] = [
  {
    name: "groups, outbox and attempts",
    sql: `
      CREATE TABLE account (
        app INTEGER NOT NULL,
        user_id TEXT NOT NULL,
        nick TEXT NOT NULL,
        face_url TEXT NOT NULL,
        PRIMARY KEY (app, user_id)
      ) WITHOUT ROWID;

      CREATE TABLE chat_group (
        app INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        type TEXT NOT NULL,
        name TEXT NOT NULL,
        introduction TEXT NOT NULL,
        notification TEXT NOT NULL,
        face_url TEXT NOT NULL,
        owner TEXT NOT NULL,
        create_time INTEGER NOT NULL,
        last_info_time INTEGER NOT NULL,
        max_members INTEGER NOT NULL,
        apply_join_option TEXT NOT NULL,
        invite_join_option TEXT NOT NULL,
        support_topic INTEGER NOT NULL,
        custom_fields TEXT NOT NULL,
        PRIMARY KEY (app, group_id)
      ) WITHOUT ROWID;

      -- The rowid is the order of joining.
      CREATE TABLE member (
        joined INTEGER PRIMARY KEY AUTOINCREMENT,
        app INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        role TEXT NOT NULL,
        join_time INTEGER NOT NULL
      );
      CREATE UNIQUE INDEX member_of ON member (app, group_id, user_id);
      CREATE INDEX member_order ON member (app, group_id);

      CREATE TABLE topic (
        created INTEGER PRIMARY KEY AUTOINCREMENT,
        app INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        topic_id TEXT NOT NULL,
        name TEXT NOT NULL,
        introduction TEXT NOT NULL,
        notification TEXT NOT NULL,
        face_url TEXT NOT NULL,
        custom_string TEXT NOT NULL,
        creator TEXT NOT NULL,
        create_time INTEGER NOT NULL
      );
      CREATE UNIQUE INDEX topic_of ON topic (app, group_id, topic_id);

      -- Everything up to "settled" is delivered, dead or cancelled; "due" is when the next may be tried, NULL
      -- where there is none.
      CREATE TABLE lane (
        app INTEGER NOT NULL,
        lane TEXT NOT NULL,
        last INTEGER NOT NULL,
        settled INTEGER NOT NULL,
        due INTEGER,
        PRIMARY KEY (app, lane)
      ) WITHOUT ROWID;
      CREATE INDEX lane_due ON lane (app, due) WHERE due IS NOT NULL;

      CREATE TABLE outbox (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        app INTEGER NOT NULL,
        lane TEXT NOT NULL,
        sequence INTEGER NOT NULL,
        id TEXT NOT NULL,
        command TEXT NOT NULL,
        body TEXT NOT NULL,
        client_ip TEXT NOT NULL,
        platform TEXT NOT NULL,
        accepted_at INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'dead', 'cancelled')),
        attempts INTEGER NOT NULL,
        settled_at INTEGER
      );
      CREATE UNIQUE INDEX outbox_lane ON outbox (app, lane, sequence);
      CREATE INDEX outbox_pending ON outbox (app, lane, sequence) WHERE state = 'pending';

      CREATE TABLE attempt (
        position INTEGER NOT NULL REFERENCES outbox (position),
        number INTEGER NOT NULL,
        started_at INTEGER NOT NULL,
        duration_ms INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        status INTEGER,
        code INTEGER,
        answer TEXT,
        error TEXT,
        PRIMARY KEY (position, number)
      ) WITHOUT ROWID;
    `,
  },
  {
    name: "members' and topics' own data, bans, attributes, the order of groups",
    sql: `
      ALTER TABLE account ADD COLUMN kicked_at INTEGER NOT NULL DEFAULT 0;

      -- "created" is the order of creation, by which the app's groups are paged.
      ALTER TABLE chat_group RENAME TO chat_group_before;
      CREATE TABLE chat_group (
        created INTEGER PRIMARY KEY AUTOINCREMENT,
        app INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        type TEXT NOT NULL,
        name TEXT NOT NULL,
        introduction TEXT NOT NULL,
        notification TEXT NOT NULL,
        face_url TEXT NOT NULL,
        owner TEXT NOT NULL,
        create_time INTEGER NOT NULL,
        last_info_time INTEGER NOT NULL,
        max_members INTEGER NOT NULL,
        apply_join_option TEXT NOT NULL,
        invite_join_option TEXT NOT NULL,
        support_topic INTEGER NOT NULL,
        mute_all INTEGER NOT NULL,
        custom_fields TEXT NOT NULL
      );
      INSERT INTO chat_group
        (app, group_id, type, name, introduction, notification, face_url, owner, create_time, last_info_time,
         max_members, apply_join_option, invite_join_option, support_topic, mute_all, custom_fields)
        SELECT app, group_id, type, name, introduction, notification, face_url, owner, create_time, last_info_time,
          max_members, apply_join_option, invite_join_option, support_topic, 0, custom_fields
        FROM chat_group_before ORDER BY create_time, group_id;
      DROP TABLE chat_group_before;
      CREATE UNIQUE INDEX chat_group_of ON chat_group (app, group_id);
      CREATE INDEX chat_group_order ON chat_group (app, created);
      CREATE INDEX chat_group_type ON chat_group (app, type, created);

      ALTER TABLE member ADD COLUMN name_card TEXT NOT NULL DEFAULT '';
      ALTER TABLE member ADD COLUMN msg_flag TEXT NOT NULL DEFAULT 'AcceptAndNotify';
      ALTER TABLE member ADD COLUMN muted_until INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE member ADD COLUMN custom_fields TEXT NOT NULL DEFAULT '{}';
      CREATE INDEX member_groups ON member (app, user_id);
      CREATE INDEX member_muted ON member (app, group_id, muted_until) WHERE muted_until > 0;

      ALTER TABLE topic ADD COLUMN mute_all INTEGER NOT NULL DEFAULT 0;

      CREATE TABLE ban (
        app INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        until INTEGER NOT NULL,
        PRIMARY KEY (app, group_id, user_id)
      ) WITHOUT ROWID;

      CREATE TABLE group_attribute (
        app INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        attributes TEXT NOT NULL,
        PRIMARY KEY (app, group_id)
      ) WITHOUT ROWID;
    `,
  },
  {
    name: "applications",
    sql: `
      -- The rowid is the order of applying.
      CREATE TABLE application (
        applied INTEGER PRIMARY KEY AUTOINCREMENT,
        app INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        inviter TEXT NOT NULL,
        note TEXT NOT NULL,
        time INTEGER NOT NULL
      );
      CREATE UNIQUE INDEX application_of ON application (app, group_id, user_id);
      CREATE INDEX application_by ON application (app, user_id);
    `,
  },
  {
    name: "groups by their owner",
    sql: "CREATE INDEX chat_group_owner ON chat_group (app, owner, created);",
  },
  {
    name: "changes to apps",
    sql: `
      CREATE TABLE app_change (
        app INTEGER PRIMARY KEY,
        base TEXT NOT NULL CHECK (base IN ('file', 'none')),
        sealed TEXT NOT NULL
      );
    `,
  },
  {
    name: "how many groups there are, and by how much they become more",
    sql: `
      -- Kept by the table itself: whoever adds or removes groups cannot forget it.
      CREATE TABLE group_count (
        app INTEGER NOT NULL,
        type TEXT NOT NULL,
        n INTEGER NOT NULL,
        PRIMARY KEY (app, type)
      ) WITHOUT ROWID;
      INSERT INTO group_count (app, type, n) SELECT app, type, count(*) FROM chat_group GROUP BY app, type;
      CREATE TRIGGER chat_group_added AFTER INSERT ON chat_group BEGIN
        INSERT INTO group_count (app, type, n) VALUES (new.app, new.type, 1) ON CONFLICT DO UPDATE SET n = n + 1;
      END;
      CREATE TRIGGER chat_group_removed AFTER DELETE ON chat_group BEGIN
        UPDATE group_count SET n = n - 1 WHERE app = old.app AND type = old.type;
      END;
      CREATE TRIGGER chat_group_retyped AFTER UPDATE OF type ON chat_group WHEN old.type <> new.type BEGIN
        UPDATE group_count SET n = n - 1 WHERE app = old.app AND type = old.type;
        INSERT INTO group_count (app, type, n) VALUES (new.app, new.type, 1) ON CONFLICT DO UPDATE SET n = n + 1;
      END;

      -- One row for each app: no day counts but the one that was counted last.
      CREATE TABLE group_growth (
        app INTEGER PRIMARY KEY,
        day INTEGER NOT NULL,
        net INTEGER NOT NULL,
        alarmed INTEGER NOT NULL
      );
    `,
  },
  {
    name: "what became of a callback, by its lane",
    sql: `
      -- A callback up to its lane's "settled" is delivered, but for those that were given up: "state" of the outbox
      -- would be written once more for each of them, and says no more.
      CREATE TABLE given_up (
        position INTEGER PRIMARY KEY,
        app INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('dead', 'cancelled')),
        given_up_at INTEGER NOT NULL
      );
      CREATE INDEX given_up_of ON given_up (app, state, position);
      INSERT INTO given_up (position, app, state, given_up_at)
        SELECT position, app, state, coalesce(settled_at, accepted_at) FROM outbox WHERE state IN ('dead', 'cancelled');

      -- Callbacks by state, kept while they are counted: the outbox itself may be long, and is cut at its old end.
      CREATE TABLE ledger (
        app INTEGER PRIMARY KEY,
        accepted INTEGER NOT NULL,
        delivered INTEGER NOT NULL,
        dead INTEGER NOT NULL,
        cancelled INTEGER NOT NULL
      );
      INSERT INTO ledger (app, accepted, delivered, dead, cancelled)
        SELECT app, count(*), sum(state = 'delivered'), sum(state = 'dead'), sum(state = 'cancelled')
        FROM outbox GROUP BY app;

      -- "attempts" are those of the lane's head; "kind" is by what share of the attempts it is served.
      ALTER TABLE lane ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE lane ADD COLUMN kind TEXT NOT NULL DEFAULT 'fresh' CHECK (kind IN ('fresh', 'retrying', 'replay'));
      UPDATE lane SET attempts = coalesce((
        SELECT attempts FROM outbox
        WHERE outbox.app = lane.app AND outbox.lane = lane.lane AND outbox.sequence = lane.settled + 1
      ), 0) WHERE due IS NOT NULL;
      UPDATE lane SET kind = 'retrying' WHERE attempts > 0;
      DROP INDEX lane_due;
      CREATE INDEX lane_due ON lane (app, kind, due) WHERE due IS NOT NULL;

      DROP INDEX outbox_pending;
      ALTER TABLE outbox DROP COLUMN state;
      ALTER TABLE outbox DROP COLUMN attempts;
      ALTER TABLE outbox DROP COLUMN settled_at;
      -- The callback that is delivered once more.
      ALTER TABLE outbox ADD COLUMN replay_of INTEGER;

      -- As before, but not looked up in the outbox for each attempt.
      ALTER TABLE attempt RENAME TO attempt_before;
      CREATE TABLE attempt (
        position INTEGER NOT NULL,
        number INTEGER NOT NULL,
        started_at INTEGER NOT NULL,
        duration_ms INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        status INTEGER,
        code INTEGER,
        answer TEXT,
        error TEXT,
        PRIMARY KEY (position, number)
      ) WITHOUT ROWID;
      INSERT INTO attempt SELECT * FROM attempt_before;
      DROP TABLE attempt_before;
    `,
  },
  {
    name: "large groups: members found by their users, and counted",
    sql: `
      -- One index finds a user's groups and a user in a group; member_order finds a group's members.
      CREATE UNIQUE INDEX member_user ON member (app, user_id, group_id);
      DROP INDEX member_of;
      DROP INDEX member_groups;

      ALTER TABLE chat_group ADD COLUMN member_count INTEGER NOT NULL DEFAULT 0;
      UPDATE chat_group SET member_count =
        (SELECT count(*) FROM member WHERE member.app = chat_group.app AND member.group_id = chat_group.group_id);
    `,
  },
  {
    name: "endpoints that fail",
    sql: `
      -- "until" is when it is tried again, NULL where somebody has to say that it is back.
      CREATE TABLE endpoint (
        app INTEGER PRIMARY KEY,
        failing_since INTEGER NOT NULL,
        openings INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        until INTEGER
      );
    `,
  },
  {
    name: "what app users are told",
    sql: `
      -- Apps whose users have devices: only for them is anything kept. "since" is the position from which on it is.
      CREATE TABLE listener (
        app INTEGER PRIMARY KEY,
        since INTEGER NOT NULL,
        heard_at INTEGER NOT NULL
      );

      -- "change" is the first position of the same command: who leaves with it is told all of it, and no more.
      CREATE TABLE notice (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        change INTEGER NOT NULL,
        app INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        audience TEXT NOT NULL CHECK (audience IN ('members', 'room', 'users')),
        frame TEXT NOT NULL,
        at INTEGER NOT NULL
      );
      CREATE INDEX notice_group ON notice (app, group_id, position);

      CREATE TABLE notice_user (
        app INTEGER NOT NULL,
        user_id TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (app, user_id, position)
      ) WITHOUT ROWID;
      CREATE INDEX notice_user_position ON notice_user (position);

      -- A member is told what has a position behind "since".
      ALTER TABLE member ADD COLUMN since INTEGER NOT NULL DEFAULT 0;

      -- Who was a member: told what lies behind "since", up to the change "until". The rowid is the order of leaving.
      CREATE TABLE stay (
        ended INTEGER PRIMARY KEY AUTOINCREMENT,
        app INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER NOT NULL
      );
      CREATE INDEX stay_user ON stay (app, user_id);
      CREATE INDEX stay_group ON stay (app, group_id, until);
    `,
  },
  {
    name: "since when what fails is pending",
    sql: `
      -- When the head was accepted: kept of lanes that retry, for which "due" tells nothing of how old they are.
      ALTER TABLE lane ADD COLUMN head_at INTEGER;
      UPDATE lane SET head_at = (
        SELECT accepted_at FROM outbox
        WHERE outbox.app = lane.app AND outbox.lane = lane.lane AND outbox.sequence = lane.settled + 1
      ) WHERE kind = 'retrying';
      CREATE INDEX lane_head ON lane (app, head_at) WHERE kind = 'retrying';
    `,
  },
  {
    name: "the trace of a callback",
    sql: "ALTER TABLE outbox ADD COLUMN traceparent TEXT;",
  },
  {
    name: "replays",
    sql: `
      -- The number that the callback has in its own lane.
      ALTER TABLE outbox ADD COLUMN replay_sequence INTEGER;
      UPDATE outbox SET replay_sequence =
        (SELECT original.sequence FROM outbox AS original WHERE original.position = outbox.replay_of)
        WHERE replay_of IS NOT NULL;
      -- Only replays are in it: it costs the others nothing.
      CREATE INDEX outbox_replay ON outbox (replay_of) WHERE replay_of IS NOT NULL;
    `,
  },
  {
    name: "mutes in topics, and in groups that keep no members",
    sql: `
      -- "topic_id" is empty where the group keeps no members; those of a whole group are their members' own.
      CREATE TABLE mute (
        app INTEGER NOT NULL,
        group_id TEXT NOT NULL,
        user_id TEXT NOT NULL,
        topic_id TEXT NOT NULL,
        until INTEGER NOT NULL,
        PRIMARY KEY (app, group_id, user_id, topic_id)
      ) WITHOUT ROWID;
      CREATE INDEX mute_place ON mute (app, group_id, topic_id, user_id);
    `,
  },
  {
    name: "how endpoints did over time",
    sql: `
      -- "at" is when the minute or the hour began; "durations" is JSON.
      CREATE TABLE series (
        resolution TEXT NOT NULL CHECK (resolution IN ('minute', 'hour')),
        app INTEGER NOT NULL,
        at INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        delivered INTEGER NOT NULL,
        dead INTEGER NOT NULL,
        pending INTEGER NOT NULL,
        durations TEXT NOT NULL,
        PRIMARY KEY (app, resolution, at)
      ) WITHOUT ROWID;
      CREATE INDEX series_age ON series (resolution, at);
    `,
  },
];
