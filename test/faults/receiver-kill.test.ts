import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";

import { Pool } from "pg";
import { expect, it, vi } from "vitest";
import * as z from "zod/mini";

import { endsWithTests } from "../harness/children.ts";
import { temporaryFolder } from "../harness/folder.ts";
import { startPostgres } from "../harness/postgres.ts";
import { createRandom, seedOf } from "../harness/random.ts";
import { callbackQuery } from "../harness/recorder.ts";

/** So many callbacks of so many groups, with so many kills in between. */
const CALLBACKS = Number(process.env["CAMPAIGN_CALLBACKS"] ?? 1_000);
const KILLS = Number(process.env["CAMPAIGN_KILLS"] ?? 12);
const GROUPS = 20;
/** Of these groups the callbacks are as Tencent Cloud Chat sends them, without ids and numbers. */
const UNNUMBERED = 4;
/** This part is sent twice, whatever the answer was. */
const REPEATED = 0.3;
/** A callback is sent up to so many places before or behind its own. */
const DISPLACED = 100;
/** So many senders at once. */
const SENDERS = 12;

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
  const path = join(temporaryFolder(), "app.db");
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

/** A receiving process that listens. */
async function startReceiving(args: readonly string[]) {
  const child = endsWithTests(spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "inherit"] }));
  const lines: unknown[] = [];
  const closed = once(child, "close");
  const reader = createInterface({ input: child.stdout });
  reader.on("line", (line) => lines.push(JSON.parse(line)));
  await once(reader, "line");
  const { url } = z.parse(z.object({ event: z.literal("listening"), url: z.string() }), lines[0]);
  return { child, url, closed, told: () => lines.slice(1) };
}

/** Every callback, some twice, each a little out of its place. */
function shuffled(random: () => number): Sent[] {
  const all = Array.from({ length: CALLBACKS }, (_, i) => ({
    groupId: `group-${i % GROUPS}`,
    number: 1 + Math.floor(i / GROUPS),
  }));
  return all
    .flatMap((sent, i) =>
      random() < REPEATED
        ? [
            { sent, i },
            { sent, i },
          ]
        : [{ sent, i }],
    )
    .map(({ sent, i }) => ({ sent, place: i + (random() * 2 - 1) * DISPLACED }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ sent }) => sent);
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

it.each([
  ["SQLite", sqliteEffects],
  ["PostgreSQL", postgresEffects],
])(
  `has each of ${CALLBACKS} callbacks once in effect, in order, when its receiver is killed ${KILLS} times: %s`,
  { timeout: 240_000 },
  async (_name, open) => {
    const effects = await open();
    const random = createRandom(seedOf("receiver-kill"));
    const queue = shuffled(random);
    const toSend = queue.length;
    let oks = 0;
    let killedAt = 0;
    const told: unknown[] = [];

    /** Starts it, and sends until all is answered or so many answers were OK, at which it is killed. */
    async function live(killAt: number): Promise<void> {
      const receiving = await startReceiving(effects.args);
      let dead = false;
      const send = async (): Promise<void> => {
        for (let sent = queue.shift(); sent; sent = queue.shift()) {
          if (!dead && (await post(receiving.url, sent))) oks += 1;
          else {
            // Not answered: as its sender would, it is sent again.
            queue.unshift(sent);
            return;
          }
          if (oks >= killAt) dead = receiving.child.kill("SIGKILL") || dead;
        }
      };
      await Promise.all(Array.from({ length: SENDERS }, send));
      if (!dead) {
        await vi.waitFor(
          async () => {
            const count = [...(await effects.read()).values()].flat().length;
            if (count < CALLBACKS) throw new Error(`${count} of ${CALLBACKS} are handled.`);
          },
          { timeout: 60_000, interval: 100 },
        );
        receiving.child.kill("SIGKILL");
      }
      await receiving.closed;
      told.push(...receiving.told());
    }

    for (let kill = 1; kill <= KILLS; kill += 1) {
      await live(oks + 1 + Math.floor(random() * 2 * ((toSend - oks) / (KILLS + 2 - kill))));
      if (queue.length > 0) killedAt += 1;
    }
    await live(Infinity);

    const handled = await effects.read();
    const groups = Array.from({ length: GROUPS }, (_, i) => `group-${i}`);
    const numbers = Array.from({ length: CALLBACKS / GROUPS }, (_, i) => i + 1);
    const expected = groups.map((group) => [group, numbers]);
    // Without numbers, nobody can tell that something is to come; each is once in effect all the same.
    const inOrder = (group: string, of: readonly number[]) =>
      groups.indexOf(group) < UNNUMBERED ? of.toSorted((a, b) => a - b) : of;
    expect(groups.map((group) => [group, inOrder(group, handled.get(group) ?? [])])).toEqual(expected);
    expect(told).toEqual([]);
    expect(killedAt).toBeGreaterThan(KILLS / 2);
    console.log(`${CALLBACKS} callbacks, ${oks} answered OK, ${killedAt} kills amid them`);
    await effects.close();
  },
);
