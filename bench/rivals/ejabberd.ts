import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

import { Client } from "pg";

import { freePort } from "../../test/harness/free-port.ts";
import { warmRate } from "../load.ts";
import { posting } from "../posting.ts";

/** What was measured of a peer, or why it was not. */
export type Rival = { readonly name: string; readonly value: number } | { readonly skipped: string };

/** How long ejabberd may take to start, in ms. */
const START_LIMIT = 60_000;

export interface Rooms {
  /** Of PostgreSQL; Mnesia where there is none. */
  readonly database?: string;
  /** So many users have an affiliation with each room (`set_room_affiliation`, one by one: 23.01 has no other way). */
  readonly members?: number;
}

/**
 * How many rooms a second ejabberd creates and destroys through its REST API (`create_room`, `destroy_room`), persistent, in
 * Mnesia or in a database of PostgreSQL. It answers before a room is gone, does not sync each change to disk (in Mnesia),
 * and calls nobody back: all to its advantage. Runs as whoever runs the benchmark, on loopback, with its data in a folder of
 * its own.
 */
export async function ejabberdPairs(
  clients: number,
  ms: number,
  { database, members = 0 }: Rooms = {},
): Promise<Rival> {
  const installed = findEjabberd();
  if (!installed) return { skipped: "ejabberd is not installed (Debian: apt-get install ejabberd)" };
  if (database !== undefined && !(await makeTables(database))) {
    return { skipped: "ejabberd's tables for PostgreSQL are not installed (Debian: apt-get install erlang-p1-pgsql)" };
  }
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const port = await freePort();
  const config = join(folder, "ejabberd.yml");
  writeFileSync(config, configuration(port, database));
  // Without a node name: nothing of it is to be found from outside, and no port mapper is started.
  const child = spawn("erl", ["-noinput", "-mnesia", "dir", `"${join(folder, "mnesia")}"`, "-s", "ejabberd"], {
    cwd: folder,
    env: {
      ...process.env,
      ERL_LIBS: installed.libraries,
      EJABBERD_CONFIG_PATH: config,
      EJABBERD_LOG_PATH: join(folder, "ejabberd.log"),
      HOME: folder,
    },
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  try {
    const origin = `http://127.0.0.1:${port}`;
    if (!(await answers(origin, () => child.exitCode === null))) {
      return { skipped: "ejabberd is installed, but did not start" };
    }
    const { post, close } = posting(origin, clients);
    const call = async (command: string, body: object): Promise<void> => {
      const { status, text } = await post(`/api/${command}`, JSON.stringify(body));
      if (status !== 200 || text.trim() !== "0") throw new Error(`ejabberd: ${command}: ${status} ${text}`);
    };
    let made = 0;
    const value = await warmRate(clients, ms, async () => {
      made += 1;
      const room = { name: `room-${made}`, service: "conference.localhost" };
      await call("create_room", { ...room, host: "localhost" });
      for (let i = 0; i < members; i += 1) {
        const affiliation = i === 0 ? "owner" : "member";
        await call("set_room_affiliation", { ...room, jid: `user-${i}@localhost`, affiliation });
      }
      await call("destroy_room", room);
    });
    await close();
    return {
      name: `ejabberd ${installed.version}, ${members === 0 ? "empty rooms" : `rooms with ${members} members`}, ${database === undefined ? "Mnesia, not synced" : "PostgreSQL"}, no callbacks`,
      value,
    };
  } finally {
    child.kill("SIGTERM");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where ejabberd's libraries are, as its own start script says. */
function findEjabberd(): { libraries: string; version: string } | undefined {
  const places = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  for (const place of places) {
    const libraries = /^ERL_LIBS='?([^'\n]+)/m.exec(textOf(join(place, "ejabberdctl")))?.[1];
    if (libraries === undefined) continue;
    const print = "application:load(ejabberd), {ok, V} = application:get_key(ejabberd, vsn), io:put_chars(V), halt().";
    const { stdout, status } = spawnSync("erl", ["-noshell", "-eval", print], {
      env: { ...process.env, ERL_LIBS: libraries },
      encoding: "utf8",
    });
    if (status === 0) return { libraries, version: stdout.trim() };
  }
  return undefined;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function configuration(port: number, database: string | undefined): string {
  return `
hosts: [localhost]
loglevel: error
${database === undefined ? "" : databaseSettings(new URL(database))}
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_http
    request_handlers:
      /api: mod_http_api
api_permissions:
  "everything over HTTP":
    from: [mod_http_api]
    who: all
    what: "*"
modules:
  mod_muc:
    db_type: ${database === undefined ? "mnesia" : "sql"}
    max_users: 6000
    default_room_options:
      persistent: true
  mod_muc_admin: {}
`;
}

function databaseSettings({ hostname, port, username, password, pathname }: URL): string {
  return `
sql_type: pgsql
sql_server: "${hostname}"
sql_port: ${port}
sql_database: "${pathname.slice(1)}"
sql_username: "${username}"
sql_password: "${password}"
sql_pool_size: 16
`;
}

/** Makes ejabberd's tables; whether it has brought the SQL for that. */
async function makeTables(database: string): Promise<boolean> {
  const sql = textOf("/usr/share/ejabberd/sql/pg.sql");
  if (sql === "") return false;
  const client = new Client({ connectionString: database });
  await client.connect();
  await client.query(sql);
  await client.end();
  return true;
}

async function answers(origin: string, isRunning: () => boolean): Promise<boolean> {
  for (const deadline = Date.now() + START_LIMIT; Date.now() < deadline && isRunning();) {
    const answer = await fetch(`${origin}/api/status`, { method: "POST", body: "{}" }).catch(() => undefined);
    if (answer?.status === 200) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
