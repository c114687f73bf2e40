import { describe, expect, it, onTestFinished, vi } from "vitest";

import { postgresOfFile } from "../../../../test/harness/postgres-of-file.ts";
import { startTcpProxy, through } from "../../../../test/harness/tcp-proxy.ts";
import { LostCommitError } from "../lost-commit-error.ts";
import { openPostgres, type Postgres } from "./open-postgres.ts";
import { statement } from "./statement.ts";

const migrations = [
  { name: "notes", sql: "CREATE TABLE note (id bigint PRIMARY KEY, text text NOT NULL)" },
  { name: "a first note", sql: "INSERT INTO note VALUES (0, 'zero')" },
];
const add = statement("INSERT INTO note (id, text) VALUES ($1, $2)");
const all = statement("SELECT id, text FROM note ORDER BY id");
const change = statement("UPDATE note SET text = $2 WHERE id = $1");

const postgres = await postgresOfFile();

async function open(url: string, steps = migrations): Promise<Postgres> {
  const db = await openPostgres(url, { schema: "notes", migrations: steps });
  onTestFinished(() => db.close());
  return db;
}

async function reasonFor(url: string, steps = migrations): Promise<string> {
  const reason = await openPostgres(url, { schema: "notes", migrations: steps }).then(
    () => "it opens",
    (error: unknown) => `${(error as { code?: string }).code}: ${(error as Error).message}`,
  );
  expect(reason, "the password is nobody's to read").not.toContain("muster@");
  expect(reason).toContain("STORE_UNUSABLE");
  return reason;
}

describe("opening PostgreSQL", () => {
  it("migrates once, however many start together, and goes on from there", async () => {
    const url = await postgres.createDatabase();
    const opened = await Promise.all(Array.from({ length: 6 }, () => open(url)));
    expect(await opened[5]?.all(all)).toEqual([{ id: 0, text: "zero" }]);
    const later = await open(url, [...migrations, { name: "another", sql: "INSERT INTO note VALUES (1, 'one')" }]);
    expect(await later.all(all)).toHaveLength(2);
  });

  it("does all of a migration or nothing", async () => {
    const url = await postgres.createDatabase();
    const wrong = [...migrations, { name: "wrong", sql: "INSERT INTO nowhere VALUES (1)" }];
    expect(await reasonFor(url, wrong)).toContain('relation "nowhere" does not exist');
    const db = await open(url);
    expect(await db.all(all)).toHaveLength(1);
  });

  it("says why it cannot, and what to do", async () => {
    const url = await postgres.createDatabase();
    await open(url);
    const other = (part: Partial<Record<"port" | "pathname" | "password" | "username", string>>): string =>
      Object.assign(new URL(url), part).href;
    expect(await reasonFor(other({ port: "1" }))).toContain("nobody listens there; start PostgreSQL");
    expect(await reasonFor(other({ password: "wrong" }))).toContain("check user and password");
    expect(await reasonFor(other({ pathname: "/missing" }))).toContain("there is no database missing; create it");
    expect(await reasonFor(url, migrations.slice(1))).toContain("newer version (schema 2, this one knows 1)");
    await postgres.run(url, "CREATE ROLE guest LOGIN PASSWORD 'muster'");
    const guest = other({ username: "guest", pathname: new URL(await postgres.createDatabase()).pathname });
    expect(await reasonFor(guest)).toContain("GRANT CREATE ON DATABASE");
  });
});

describe("looking whether PostgreSQL can be used", () => {
  it("keeps no connection that hears nothing any more from those who need one", async () => {
    const url = await postgres.createDatabase();
    const proxy = await startTcpProxy(Number(new URL(url).port));
    const connections = 2;
    const db = await openPostgres(through(proxy, url), { schema: "notes", migrations, connections });
    onTestFinished(() => db.close());
    await Promise.all(Array.from({ length: connections }, () => db.all(all)));
    proxy.strand();
    await expect(db.check()).rejects.toThrow("there was no answer within 2 s");
    const isUsable = (): Promise<boolean> =>
      db.check().then(
        () => true,
        () => false,
      );
    await vi.waitUntil(isUsable, { timeout: 60_000 });
    expect(await db.all(all)).toHaveLength(1);
  });
});

describe("a transaction of PostgreSQL", () => {
  it("keeps what was pushed and waited for, and nothing of work that throws", async () => {
    const db = await open(await postgres.createDatabase());
    const rows = await db.transaction(async (tx) => {
      tx.push(add, 1, "one");
      tx.push(add, 2, "two");
      return await tx.all(all);
    });
    expect(rows).toHaveLength(3);
    const failed = db.transaction(async (tx) => {
      tx.push(add, 3, "three");
      await tx.all(all);
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
    expect(await db.all(all)).toHaveLength(3);
  });

  it("fails with what went wrong first, also where nobody waited for it", async () => {
    const db = await open(await postgres.createDatabase());
    const broken = statement("INSERT INTO note (id, text) VALUES ($1, NULL)");
    await expect(db.transaction(async (tx) => tx.push(broken, 1))).rejects.toThrow("null value");
    const later = db.transaction(async (tx) => {
      tx.push(broken, 1);
      await tx.all(all);
    });
    await expect(later).rejects.toThrow("null value");
    expect(await db.all(all)).toHaveLength(1);
  });

  it("hands over the rows of what was pushed before its end is known", async () => {
    const db = await open(await postgres.createDatabase());
    const seen: unknown[] = [];
    await db.transaction(async (tx) => {
      tx.pushFor((rows) => seen.push(...rows), all);
    });
    expect(seen).toEqual([{ id: 0, text: "zero" }]);
  });

  it("begins anew where another one came in its way", async () => {
    const db = await open(await postgres.createDatabase());
    await db.transaction(async (tx) => tx.push(add, 1, "one"));
    let [runs, changed] = [0, 0];
    let meet: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (meet = resolve));
    const inOrder = (first: number, second: number, name: string): Promise<void> =>
      db.transaction(async (tx) => {
        runs += 1;
        await tx.all(change, first, name);
        changed += 1;
        if (changed === 2) meet();
        await both;
        await tx.all(change, second, name);
      });
    await Promise.all([inOrder(0, 1, "a"), inOrder(1, 0, "b")]);
    // The one that begins anew may be as quick as to come in the other's way once more.
    expect(runs).toBeGreaterThan(2);
    const texts = (await db.all<{ text: string }>(all)).map(({ text }) => text);
    expect(new Set(texts).size, "both rows are of one and the same").toBe(1);
  });

  it("goes on with a connection on which something failed, also with what was behind that", async () => {
    const db = await openPostgres(await postgres.createDatabase(), { schema: "notes", migrations, connections: 1 });
    onTestFinished(() => db.close());
    const ids = statement("SELECT array_agg(id::text) AS ids FROM note");
    const texts = statement("SELECT text FROM note WHERE id = $1");
    const failed = db.transaction(async (tx) => {
      tx.push(ids);
      const wrong = tx.all(statement("SELECT 1 / $1::integer AS n"), 0);
      await Promise.all([wrong, tx.all(texts, 0)]);
    });
    await expect(failed).rejects.toThrow("division by zero");
    const both = await db.transaction((tx) => Promise.all([tx.all(texts, 0), tx.all(ids), tx.all(texts, 1)]));
    expect(both).toEqual([[{ text: "zero" }], [{ ids: ["0"] }], []]);
  });

  it("does not begin anew for ever", async () => {
    const db = await open(await postgres.createDatabase());
    let runs = 0;
    const doubled = db.transaction(async (tx) => {
      runs += 1;
      tx.push(add, 0, "zero again");
    });
    await expect(doubled).rejects.toThrow("duplicate key");
    expect(runs).toBe(5);
  });

  it("takes every text as it is", async () => {
    const db = await open(await postgres.createDatabase());
    const texts = ["a\u0000b", "\u001A", "\u001A0", "\u0000\u001A1", "♞ 'x' \\ \"", ""];
    for (const [i, text] of texts.entries()) await db.all(add, i + 1, text);
    expect((await db.all<{ text: string }>(all)).map(({ text }) => text)).toEqual(["zero", ...texts]);
    const among = statement("SELECT count(*) AS n FROM note WHERE text = ANY ($1::text[])");
    expect(await db.all(among, texts)).toEqual([{ n: texts.length }]);
  });

  it("takes bytes as they are, by themselves and in lists", async () => {
    const db = await open(await postgres.createDatabase());
    const bytes = [new Uint8Array(), Uint8Array.from({ length: 256 }, (_, i) => i), Buffer.from(String.raw`\x00"`)];
    const back = statement(
      "SELECT bytes FROM unnest($1::bytea[]) WITH ORDINALITY AS sent (bytes, place) ORDER BY place",
    );
    const one = statement("SELECT $1::bytea AS bytes");
    expect(await db.all(back, bytes)).toEqual(bytes.map((sent) => ({ bytes: Buffer.from(sent) })));
    for (const sent of bytes) expect(await db.all(one, sent)).toEqual([{ bytes: Buffer.from(sent) }]);
  });

  it("fails where its connection is lost, waited for or not, and the next one has another", async () => {
    const url = await postgres.createDatabase();
    const db = await open(url);
    const own = statement("SELECT pg_backend_pid() AS pid");
    const cut = db.transaction(async (tx) => {
      const [row] = await tx.all<{ pid: number }>(own);
      await postgres.run(url, `SELECT pg_terminate_backend(${row?.pid})`);
      await postgres.run(url, `SELECT pg_sleep(0.05) FROM pg_stat_activity WHERE pid = ${row?.pid}`);
      await tx.all(all);
    });
    await expect(cut).rejects.toThrow(/terminat|queryable/);
    expect(await db.all(all)).toHaveLength(1);
  });

  it("says where a commit may have been done, and where it was not", async () => {
    const url = await postgres.createDatabase();
    const db = await open(url);
    await postgres.run(
      url,
      `SET search_path TO notes;
       CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(600); RETURN NULL; END $$;
       CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON note DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW WHEN (new.id = 7) EXECUTE FUNCTION slow()`,
    );
    const lost = db.transaction(async (tx) => tx.push(add, 7, "seven")).catch((error: unknown) => error);
    const end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    while (!(await Promise.race([lost, postgres.run(url, end)])));
    expect(await lost).toBeInstanceOf(LostCommitError);
    const refused = db.transaction(async (tx) => tx.push(add, 0, "zero again"));
    await expect(refused).rejects.not.toBeInstanceOf(LostCommitError);
  });

  it("is finished before the database is closed, and none begins after", async () => {
    const url = await postgres.createDatabase();
    const db = await openPostgres(url, { schema: "notes", migrations });
    const last = db.transaction(async (tx) => tx.push(add, 1, "one"));
    await db.close();
    await last;
    await expect(db.all(all)).rejects.toThrow("closed");
    expect(await (await open(url)).all(all)).toHaveLength(2);
  });
});
