import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";

import { startPostgres, type RunningPostgres } from "../../../../../test/harness/postgres.ts";
import { cloudEvent } from "../cloud-event.ts";
import { EventRefused } from "../sink.ts";
import { sampleEvent, sinkContract } from "../sink.contract.ts";
import { openPostgresSink } from "./postgres-sink.ts";

let postgres: RunningPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());

const never = new AbortController().signal;
let databases = 0;

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

sinkContract("a table of PostgreSQL", async () => {
  const database = await postgres.createDatabase(`contract_${(databases += 1)}`);
  return {
    sink: await openPostgresSink({ database, table: "muster_events" }),
    async kept() {
      const there = await query(database, "SELECT to_regclass('muster_events')::text AS found");
      if (there[0]?.["found"] === null) return [];
      const rows = await query(database, "SELECT event::text AS event FROM muster_events ORDER BY sequence");
      return rows.map(({ event }) => String(event));
    },
    crash: postgres.crash,
    restart: postgres.restart,
    close: async () => {},
  };
});

describe("a PostgreSQL sink", () => {
  async function open(table = "muster_events", prepare?: string) {
    const database = await postgres.createDatabase(`sink_${(databases += 1)}`);
    if (prepare !== undefined) await postgres.run(database, prepare);
    const sink = await openPostgresSink({ database, table });
    onTestFinished(() => sink.close());
    return { database, sink };
  }

  it("has what people ask for in columns of their own, each event once", async () => {
    const { database, sink } = await open("muster.events", "CREATE SCHEMA muster");
    const odd = sampleEvent(2, { groupId: undefined, sequence: undefined, eventTime: undefined });
    for (let i = 0; i < 2; i += 1) await sink.deliver([sampleEvent(1), odd].map(cloudEvent), never);
    expect(await query(database, "SELECT * FROM muster.events ORDER BY sequence")).toEqual([
      {
        source: "/apps/1400000001",
        id: "msg_1",
        sequence: "1",
        type: "Group.CallbackAfterGroupFull",
        subject: "@TGS#2J4SZEAEL",
        time: new Date(1_670_574_414_124),
        recordedtime: new Date(1_700_000_000_001),
        groupsequence: "1",
        event: JSON.parse(cloudEvent(sampleEvent(1)).text),
      },
      expect.objectContaining({ id: "msg_2", subject: null, time: null, groupsequence: null }),
    ]);
  });

  it("needs no right but to insert where the table is there", async () => {
    const { database } = await open();
    const first = await openPostgresSink({ database, table: "muster_events" });
    onTestFinished(() => first.close());
    await first.deliver([cloudEvent(sampleEvent(1))], never);
    const role = `inserter_${databases}`;
    await postgres.run(
      database,
      `CREATE ROLE ${role} LOGIN PASSWORD 'p'; REVOKE CREATE ON SCHEMA public FROM PUBLIC;
       GRANT INSERT, SELECT ON muster_events TO ${role}`,
    );
    const url = new URL(database);
    url.username = role;
    url.password = "p";
    const sink = await openPostgresSink({ database: url.href, table: "muster_events" });
    onTestFinished(() => sink.close());
    await sink.deliver([cloudEvent(sampleEvent(2))], never);
    expect(await query(database, "SELECT count(*)::integer AS events FROM muster_events")).toEqual([{ events: 2 }]);
  });

  it("says that an event is refused which the table cannot take", async () => {
    const { database, sink } = await open();
    await sink.deliver([cloudEvent(sampleEvent(1))], never);
    await postgres.run(database, "ALTER TABLE muster_events ADD CONSTRAINT ours CHECK (subject <> 'theirs')");
    const refused = sink.deliver([cloudEvent(sampleEvent(2, { groupId: "theirs" }))], never);
    await expect(refused).rejects.toBeInstanceOf(EventRefused);
    await expect(refused).rejects.toThrow('violates check constraint "ours"');
    await expect(sink.deliver([cloudEvent(sampleEvent(3, { groupId: "a\0b" }))], never)).rejects.toBeInstanceOf(
      EventRefused,
    );
    await sink.deliver([cloudEvent(sampleEvent(4))], never);
  });

  it("has every session answer what is on disk, whatever the database is set to, also the one after a lost one", async () => {
    const { database, sink } = await open(
      "muster_events",
      `CREATE TABLE commits (setting text);
       CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN INSERT INTO commits VALUES (current_setting('synchronous_commit')); RETURN NULL; END $$;
       DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off', current_database()); END $$`,
    );
    await sink.deliver([cloudEvent(sampleEvent(1))], never);
    await postgres.run(
      database,
      "CREATE TRIGGER noted AFTER INSERT ON muster_events FOR EACH STATEMENT EXECUTE FUNCTION note()",
    );
    await sink.deliver([cloudEvent(sampleEvent(2))], never);
    await query(database, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'muster'");
    await expect
      .poll(() => sink.deliver([cloudEvent(sampleEvent(3))], never).then(() => "taken", String))
      .toBe("taken");
    expect(new Set((await query(database, "SELECT * FROM commits")).map(({ setting }) => setting))).toEqual(
      new Set(["on"]),
    );
    expect(await query(database, "SELECT count(*)::integer AS events FROM muster_events")).toEqual([{ events: 3 }]);
  });

  it("makes its table again where somebody has dropped it", async () => {
    const { database, sink } = await open();
    await sink.deliver([cloudEvent(sampleEvent(1))], never);
    await postgres.run(database, "DROP TABLE muster_events");
    await expect(sink.deliver([cloudEvent(sampleEvent(2))], never)).rejects.toThrow("does not exist");
    await sink.deliver([cloudEvent(sampleEvent(2))], never);
    expect(await query(database, "SELECT id FROM muster_events")).toEqual([{ id: "msg_2" }]);
  });
});
