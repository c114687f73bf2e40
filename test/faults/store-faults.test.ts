import { renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { ErrorCode } from "@muster/protocol";
import { expect, it, onTestFinished, vi } from "vitest";

import { temporaryFolder } from "../harness/folder.ts";
import { limitFiles } from "../harness/limit-files.ts";
import { startPostgres } from "../harness/postgres.ts";
import { startTcpProxy, through } from "../harness/tcp-proxy.ts";
import { startTroubledPrograms, type TroubledPrograms } from "../harness/troubled-programs.ts";

/** As what a command is answered whose store failed, and what that says of what was asked. */
const FAILED = { ActionStatus: "FAIL", ErrorCode: ErrorCode.Internal };
const UNCHANGED = { ...FAILED, ErrorInfo: expect.stringContaining("nothing was changed") };
const UNKNOWN = { ...FAILED, ErrorInfo: expect.stringContaining("not known") };

/** For what comes soon, on whatever machine. */
const PATIENCE = { timeout: 60_000 };

/** What is written takes room on the disk whatever room there is left in files: so many members, so much of a body. */
const LARGE = { members: 100, padding: 3_000, answer: UNCHANGED };

/** While the stores cannot be used: nothing is acknowledged, and both say why. */
async function failsWith(programs: TroubledPrograms, name: string, why: RegExp, size?: typeof LARGE): Promise<void> {
  const not = { status: 503, why: expect.stringMatching(why) };
  // Connections that have ended meanwhile are found out first.
  const soon = { ...PATIENCE, interval: 50, message: name };
  // On a full disk room comes free where a log begins anew: what finds some is kept, and the next finds none.
  const tries = size ? 20 : 1;
  await Promise.all([
    (async () => {
      const create = (i: number) => programs.create(`${name}-${i}`, size?.members);
      const answer = await firstOf(tries, create, ({ ErrorCode: code }) => code !== 0);
      expect(answer, name).toMatchObject(size?.answer ?? UNCHANGED);
      await expect.poll(() => programs.readiness("server"), soon).toEqual(not);
    })(),
    (async () => {
      const keep = (i: number) => programs.keep(1_000 * name.length + i, size?.padding);
      expect(await firstOf(tries, keep, (status) => status !== 200), name).toBe(503);
      await expect.poll(() => programs.readiness("recorder"), soon).toEqual(not);
    })(),
  ]);
}

/** What `ask` first answers that fits, or what it answers last. */
async function firstOf<A>(tries: number, ask: (i: number) => Promise<A>, fits: (answer: A) => boolean): Promise<A> {
  for (let i = 1; ; i += 1) {
    const answer = await ask(i);
    if (i === tries || fits(answer)) return answer;
  }
}

/** Fills what there is until nothing more can be written. */
async function fill({ create, keep }: TroubledPrograms): Promise<void> {
  const fillWith = async (write: (number: number) => Promise<boolean>): Promise<void> => {
    // What is written together with something else may have failed for that.
    for (let [number, failures] = [1, 0]; failures < 3; number += 1)
      failures = (await write(number)) ? 0 : failures + 1;
  };
  await Promise.all([
    fillWith(async (i) => (await create(`filling-${i}`, LARGE.members)).ErrorCode === 0),
    fillWith(async (i) => (await keep(10_000 + i, LARGE.padding)) === 200),
  ]);
}

it("bears every failure of its PostgreSQL, and recovers by itself", { timeout: 600_000 }, async () => {
  const postgres = await startPostgres({ smallFiles: true });
  onTestFinished(() => postgres.stop());
  await postgres.run(
    postgres.url,
    "CREATE ROLE muster LOGIN PASSWORD 'a-secret'; GRANT CREATE ON DATABASE muster TO muster",
  );
  const proxy = await startTcpProxy(Number(new URL(postgres.url).port));
  const url = Object.assign(new URL(through(proxy, postgres.url)), { username: "muster", password: "a-secret" }).href;
  // Where transactions may write, whatever is set of the one that is tried.
  const beside = await postgres.createDatabase("beside");
  const cut = (): Promise<void> =>
    postgres.run(beside, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'muster'");
  const began = performance.now();
  const programs = await startTroubledPrograms({ server: url, recorder: url });
  await programs.recovered();

  // Gone.
  proxy.refuse();
  proxy.reset();
  await failsWith(programs, "gone", /the connection was cut/);
  proxy.heal();
  await programs.recovered();

  // Nothing is heard of it.
  proxy.stall();
  await failsWith(programs, "silent", /there was no answer within 2 s/);
  proxy.reset();
  proxy.heal();
  await programs.recovered();

  // Crashed, and started again.
  await postgres.crash();
  await failsWith(programs, "crashed", /the connection was cut/);
  await postgres.restart();
  await programs.recovered();

  // Its connections are ended, as in a failover.
  await cut();
  await programs.recovered();

  // No connection is left.
  await postgres.run(beside, "ALTER ROLE muster CONNECTION LIMIT 0");
  await cut();
  await failsWith(programs, "none left", /it has no connection left; raise max_connections/);
  await postgres.run(beside, "ALTER ROLE muster CONNECTION LIMIT -1");
  await programs.recovered();

  // It may only be read, as where a failover has led to a replica. Connections that were made meanwhile are of no use.
  await postgres.run(beside, "ALTER DATABASE muster SET default_transaction_read_only = on");
  await cut();
  await failsWith(programs, "read-only", /it is read-only; name the primary/);
  await postgres.run(beside, "ALTER DATABASE muster RESET default_transaction_read_only");
  await programs.recovered();

  // Its disk is full.
  limitFiles(postgres.pid(), 1_080_000);
  await fill(programs);
  await failsWith(programs, "full", /could not extend file/, LARGE);
  limitFiles(postgres.pid());
  await programs.recovered();

  // It is slow: somebody holds what all need.
  const letGo = await postgres.hold(postgres.url, "LOCK TABLE muster_server.lane");
  expect(await programs.create("slow")).toMatchObject(UNCHANGED);
  await letGo();
  await programs.recovered();

  await programs.nothingIsLost();
  const log = await programs.stop();
  expect(log).not.toContain("a-secret");
  const failures = log.split("\n").flatMap((line) => {
    const { msg, err } = JSON.parse(line || "{}") as { msg?: string; err?: { message: string } };
    return err ? [`${msg}: ${err.message}`] : [];
  });
  expect(failures.length).toBeGreaterThan(10);
  // All of this takes no more than two minutes, where the machine does nothing else.
  const most = 1 + Math.ceil((performance.now() - began) / 60_000);
  const often = [...Map.groupBy(failures, (failure) => failure).values()].filter(({ length }) => length > most);
  expect(often, "each is said once a minute").toEqual([]);
});

/** Waits in a commit until a test lets it go on. */
const LINGER = "PERFORM pg_advisory_xact_lock_shared(4711)";

it("acknowledges no commit that nobody knows of, and tells of it where it was done", { timeout: 480_000 }, async () => {
  const postgres = await startPostgres();
  onTestFinished(() => postgres.stop());
  const proxy = await startTcpProxy(Number(new URL(postgres.url).port));
  const url = through(proxy, postgres.url);
  const programs = await startTroubledPrograms({ server: url, recorder: url });
  await postgres.run(
    postgres.url,
    `SET search_path TO muster_server;
     CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${LINGER}; RETURN NULL; END $$;
     CREATE CONSTRAINT TRIGGER linger AFTER INSERT ON chat_group DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW WHEN (new.group_id LIKE 'lingers%') EXECUTE FUNCTION linger()`,
  );
  const committing = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = 4711";
  const holdUp = (): Promise<() => Promise<void>> => postgres.hold(postgres.url, "SELECT pg_advisory_xact_lock(4711)");
  const inCommit = (): Promise<boolean> =>
    vi.waitUntil(async () => (await postgres.rows(postgres.url, committing)).length > 0, { ...PATIENCE, interval: 20 });

  // The connection is cut, and the commit is done.
  let goOn = await holdUp();
  const done = programs.create("lingers and is there");
  await inCommit();
  proxy.reset();
  expect(await done).toMatchObject(UNKNOWN);
  await goOn();
  await vi.waitUntil(async () => (await postgres.rows(postgres.url, committing)).length === 0, PATIENCE);
  // And here it is not.
  goOn = await holdUp();
  const undone = programs.create("lingers and is not");
  await inCommit();
  await postgres.run(postgres.url, `SELECT pg_terminate_backend(pid) FROM (${committing}) AS of_the_commit`);
  expect(await undone).toMatchObject(UNKNOWN);
  await goOn();
  await programs.recovered();

  await vi.waitUntil(() => programs.told().includes("lingers and is there"), PATIENCE);
  await programs.nothingIsLost();
  expect(programs.told()).not.toContain("lingers and is not");
  await programs.stop();
});

it("bears every failure of its SQLite file, and recovers by itself", { timeout: 480_000 }, async () => {
  const folder = temporaryFolder(tmpdir());
  const [server, recorder] = ["server.db", "recorder.db"].map((name) => join(folder, name)) as [string, string];
  const programs = await startTroubledPrograms({ server: `sqlite:${server}`, recorder: `sqlite:${recorder}` });
  await programs.recovered();

  // Its disk is full.
  for (const { child } of [programs.server, programs.recorder]) limitFiles(child.pid ?? 0, 1_500_000);
  await fill(programs);
  await failsWith(programs, "full", /reading or writing fails \(disk I\/O error\)/, { ...LARGE, answer: UNKNOWN });
  for (const { child } of [programs.server, programs.recorder]) limitFiles(child.pid ?? 0);
  await programs.recovered();

  // Another program writes to it, and takes its time.
  const others = [server, recorder].map((path) => new DatabaseSync(path));
  for (const other of others) other.exec("BEGIN IMMEDIATE");
  const order: string[] = [];
  const answered = programs.create("held too").then(() => order.push("the command"));
  await fetch(`${await programs.server.url()}/healthz`);
  order.push("others");
  await answered;
  expect(order, "nobody stands still meanwhile").toEqual(["others", "the command"]);
  await failsWith(programs, "held", /another program writes to it/);
  for (const other of others) other.exec("ROLLBACK");
  for (const other of others) other.close();
  await programs.recovered();

  // It was moved while it was open.
  for (const path of [server, recorder]) renameSync(path, `${path}.moved`);
  const not = { status: 503, why: expect.stringContaining("it was moved or removed while it was open") };
  for (const program of ["server", "recorder"] as const) expect(await programs.readiness(program)).toEqual(not);
  for (const path of [server, recorder]) renameSync(`${path}.moved`, path);
  await programs.recovered();

  await programs.nothingIsLost();
  await programs.stop();
});
