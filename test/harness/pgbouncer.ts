import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { debianProgram } from "./debian-program.ts";
import { freePort } from "./free-port.ts";

/** How a pooler hands out the sessions that it has with PostgreSQL. */
export interface Pooling {
  readonly mode: "session" | "transaction" | "statement";
  /** Most sessions that it opens for a database; pgbouncer's own default where absent. */
  readonly size?: number;
}

/** A pgbouncer of its starter's own, on loopback, in front of a PostgreSQL. */
export interface RunningPgbouncer {
  /** The URL by which a database is reached through it. */
  through(url: string): string;
  stop(): Promise<void>;
}

const program = debianProgram("pgbouncer");

/** Why there can be no pgbouncer here; `undefined` where there can. */
export const noPgbouncer = program.missing;

/** @param url of any database of the PostgreSQL that it stands in front of */
export async function startPgbouncer(url: string, { mode, size = 20 }: Pooling): Promise<RunningPgbouncer> {
  if (noPgbouncer !== undefined) throw new Error(noPgbouncer);
  const { hostname, port, username, password } = new URL(url);
  const folder = mkdtempSync(join(tmpdir(), "muster-pgbouncer-"));
  // It does not run as root: whoever it becomes must get through to its files.
  chmodSync(folder, 0o755);
  const [own, users, settings] = [await freePort(), join(folder, "users.txt"), join(folder, "pgbouncer.ini")];
  writeFileSync(users, `"${username}" "${password}"\n`);
  writeFileSync(
    settings,
    `[databases]
     * = host=${hostname} port=${port}
     [pgbouncer]
     listen_addr = 127.0.0.1
     listen_port = ${own}
     unix_socket_dir =
     auth_type = plain
     auth_file = ${users}
     pool_mode = ${mode}
     default_pool_size = ${size}
     ${process.getuid?.() === 0 ? "user = nobody" : ""}`.replaceAll(/^ +/gm, ""),
  );
  const child = await program.start([settings], "process up");
  return {
    through: (database) => Object.assign(new URL(database), { port: String(own) }).href,
    async stop() {
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
