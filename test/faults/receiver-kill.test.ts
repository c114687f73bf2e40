import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { setTimeout } from "node:timers/promises";

import { Pool } from "pg";
import { expect, it, vi } from "vitest";
import * as z from "zod/mini";

import { endsWithTests } from "../harness/children.ts";
import { temporaryFolder } from "../harness/folder.ts";
import { startPostgres } from "../harness/postgres.ts";
import { createRandom, seedOf } from "../harness/random.ts";
import { callbackQuery } from "../harness/recorder.ts";

/** So many callbacks of so many groups. */
const CALLBACKS = Number(process.env["CAMPAIGN_CALLBACKS"] ?? 1_000);
const GROUPS = 20;
/** Of these groups the callbacks are as Tencent Cloud Chat sends them, without ids and numbers. */
const UNNUMBERED = 4;
/** One is sent every so many ms. */
const PACE = 5;
/** This part of them arrives twice. */
const REPEATED = 0.3;
/** Each arrives up to so many ms after it was sent. */
const DELAY = 5_000;
/** So many senders at once; who is not answered sends again. */
const SENDERS = 16;
/** Every so many ms the receiving process is killed; on a busy machine not before it has answered so many OK, for an end. */
const KILL_EVERY = 1_000;
const LIVES_FOR = 100;

const COMMAND = "Group.CallbackAfterGroupInfoChanged";
const program = join(import.meta.dirname, "..", "harness", "receiving-process.ts");

interface Sent {
  readonly groupId: string;
  readonly number: number;
}

/** The table that the handler writes to. */
interface Effects {
  /** What the receiving process is started with. */
  readonly args: readonly string[];
  /** The numbers per group, in the order in which they were handled. */
  read(): Promise<ReadonlyMap<string, readonly number[]>>;
  close(): Promise<void>;
}

const rows = z.array(z.object({ group_id: z.string(), number: z.number() }));
const READ = "SELECT group_id, number FROM handled ORDER BY id";

function byGroup(found: unknown): ReadonlyMap<string, readonly number[]> {
  return new Map(
    [...Map.groupBy(z.parse(rows, found), (row) => row.group_id)].map(([group, all]) => [
      group,
      all.map(({ number }) => number),
    ]),
  );
}

function sqliteEffects(): Effects {
  const path = join(temporaryFolder(tmpdir()), "app.db");
  const db = new DatabaseSync(path);
  db.exec("CREATE TABLE handled (id INTEGER PRIMARY KEY AUTOINCREMENT, group_id TEXT, number INTEGER)");
  return {
    args: ["sqlite", path],
    read: () => Promise.resolve(byGroup(db.prepare(READ).all())),
    close() {
      db.close();
      return Promise.resolve();
    },
  };
}

async function postgresEffects(): Promise<Effects> {
  const postgres = await startPostgres();
  const pool = new Pool({ connectionString: postgres.url });
  // What is idle may be told that the database stops before it has ended itself.
  pool.on("error", () => undefined);
  await pool.query("CREATE TABLE handled (id bigint GENERATED ALWAYS AS IDENTITY, group_id text, number integer)");
  return {
    args: ["postgres", postgres.url],
    read: async () => byGroup((await pool.query(READ)).rows),
    async close() {
      await pool.end();
      await postgres.stop();
    },
  };
}

/** A callback on its way. */
interface Arrival {
  readonly sent: Sent;
  /** In ms from the beginning. */
  readonly at: number;
}

/** Every callback, some twice, each later than it was sent. */
function arrivals(random: () => number): Arrival[] {
  return Array.from({ length: CALLBACKS }, (_, i) => ({
    groupId: `group-${i % GROUPS}`,
    number: 1 + Math.floor(i / GROUPS),
  }))
    .flatMap((sent, i) => {
      const times = random() < REPEATED ? 2 : 1;
      return Array.from({ length: times }, () => ({ sent, at: i * PACE + random() * DELAY }));
    })
    .toSorted((a, b) => a.at - b.at);
}

/**
 * A receiving process that listens, and lives until it is killed.
 * @param compiled the folder of what processes before it have compiled
 */
async function startReceiving(args: readonly string[], compiled: string) {
  const child = endsWithTests(
    spawn(process.execPath, [program, ...args], {
      env: { ...process.env, NODE_COMPILE_CACHE: compiled },
      stdio: ["ignore", "pipe", "inherit"],
    }),
  );
  const lines: unknown[] = [];
  const closed = once(child, "close");
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(JSON.parse(line)));
  await Promise.race([once(reader, "line"), closed]);
  const { url } = z.parse(z.object({ event: z.literal("listening"), url: z.string() }), lines[0]);
  return {
    url,
    /** Resolves with what it has printed. */
    async kill(): Promise<readonly unknown[]> {
      child.kill("SIGKILL");
      await closed;
      return lines.slice(1);
    },
  };
}

/** Whether a callback was answered OK; not where the process is dead. */
async function post(url: string, { groupId, number }: Sent): Promise<boolean> {
  const isNumbered = Number(groupId.slice(6)) >= UNNUMBERED;
  const headers: Record<string, string> = isNumbered
    ? { "webhook-id": `${groupId}-${number}`, "muster-sequence": String(number) }
    : {};
  const body = {
    CallbackCommand: COMMAND,
    GroupId: groupId,
    Type: "Public",
    Operator_Account: "leckie",
    Name: String(number),
    EventTime: 1_700_000_000_000 + number,
  };
  try {
    const response = await fetch(`${url}/?${callbackQuery(COMMAND)}`, {
      method: "POST",
      body: JSON.stringify(body),
      headers,
    });
    await response.text();
    return response.status === 200;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return false;
  }
}

/** What a campaign came to. */
interface Outcome {
  readonly kills: number;
  /** Gaps and dead letters. */
  readonly told: readonly unknown[];
  readonly handled: ReadonlyMap<string, readonly number[]>;
}

/** Lets all arrive at a receiving process that is killed and started again, until all is handled. */
async function campaign(effects: Effects, all: readonly Arrival[]): Promise<Outcome> {
  const queue = [...all];
  const told: unknown[] = [];
  let kills = 0;
  let oks = 0;
  let isOver = false;
  const compiled = temporaryFolder();
  let listening = startReceiving(effects.args, compiled);

  async function killAgainAndAgain(): Promise<void> {
    for (let tick = performance.now() + KILL_EVERY; ; tick = Math.max(tick, performance.now()) + KILL_EVERY) {
      const alive = await listening;
      const enough = oks + LIVES_FOR;
      while (performance.now() < tick || oks < enough) {
        if (isOver) return;
        await setTimeout(20);
      }
      kills += 1;
      const gone = alive.kill();
      // From now on, whoever sends waits for the next one.
      listening = gone.then(() => startReceiving(effects.args, compiled));
      told.push(...(await gone));
    }
  }

  async function deliver(sent: Sent): Promise<void> {
    for (;;) {
      const { url } = await listening;
      if (await post(url, sent)) break;
    }
    oks += 1;
  }

  async function send(): Promise<void> {
    for (let next = queue.shift(); next; next = queue.shift()) {
      await setTimeout(Math.max(0, next.at - (performance.now() - began)));
      await deliver(next.sent);
    }
  }

  async function handled(count: number): Promise<void> {
    await vi.waitFor(
      async () => {
        const found = [...(await effects.read()).values()].flat().length;
        if (found < count) throw new Error(`${found} of ${count} are handled.`);
      },
      { timeout: 180_000, interval: 100 },
    );
  }

  await listening;
  const began = performance.now();
  const killing = killAgainAndAgain();
  await Promise.race([killing, Promise.all(Array.from({ length: SENDERS }, send))]);
  isOver = true;
  await killing;
  await handled(CALLBACKS);
  // Nothing that was handled comes once more behind the last ones, which nobody disturbs.
  await Promise.all(groups.map((groupId) => deliver({ groupId, number: CALLBACKS / GROUPS + 1 })));
  await handled(CALLBACKS + GROUPS);
  told.push(...(await (await listening).kill()));
  return { kills, told, handled: await effects.read() };
}

const groups = Array.from({ length: GROUPS }, (_, i) => `group-${i}`);

it(
  `has each of ${CALLBACKS} callbacks once in effect, in order, when its receiver is killed every second`,
  { timeout: 600_000 },
  async () => {
    const random = createRandom(seedOf("receiver-kill"));
    const all = arrivals(random);
    const stores = { SQLite: sqliteEffects(), PostgreSQL: await postgresEffects() };
    await Promise.all(
      Object.entries(stores).map(async ([store, effects]) => {
        const { kills, told, handled } = await campaign(effects, all);
        const numbers = Array.from({ length: CALLBACKS / GROUPS + 1 }, (_, i) => i + 1);
        // Without numbers, nobody can tell that something is to come; each is once in effect all the same.
        const inOrder = (group: string, of: readonly number[]) =>
          groups.indexOf(group) < UNNUMBERED ? of.toSorted((a, b) => a - b) : of;
        expect(groups.map((group) => [group, inOrder(group, handled.get(group) ?? [])])).toEqual(
          groups.map((group) => [group, numbers]),
        );
        expect(told).toEqual([]);
        expect(kills).toBeGreaterThan(0);
        console.log(`${store}: ${all.length} arrivals of ${CALLBACKS} callbacks, ${kills} kills amid them`);
        await effects.close();
      }),
    );
  },
);
