import { Pool as Connections, type Pool, type QueryConfig } from "pg";
import { Pool as Posting } from "undici";

import { warmRate } from "../load.ts";

/** As many as the server has to a database. */
const CONNECTIONS = 16;
/** Rows that are read at a time, and how long results gather before they are written, in ms. */
const WINDOW = 2_000;
const GATHERING = 50;

const TABLES = `
  CREATE SCHEMA bare;
  CREATE TABLE bare.chat_group (app bigint, group_id text, owner text, name text, created_at bigint,
    PRIMARY KEY (app, group_id));
  CREATE TABLE bare.member (app bigint, group_id text, user_id text, role text, joined_at bigint,
    PRIMARY KEY (app, group_id, user_id));
  CREATE INDEX ON bare.member (app, user_id);
  CREATE TABLE bare.lane (app bigint, lane text, last bigint, settled bigint, PRIMARY KEY (app, lane));
  CREATE TABLE bare.outbox (app bigint, position bigint GENERATED ALWAYS AS IDENTITY, lane text, sequence bigint,
    id text, body text, PRIMARY KEY (app, position));
  CREATE TABLE bare.attempt (app bigint, position bigint, number integer, started_at bigint, duration_ms bigint,
    status integer, answer text, PRIMARY KEY (app, position, number))`;

const CREATE = `
  WITH made AS (INSERT INTO bare.chat_group VALUES ($1, $2, $3, 'n', $5))
  INSERT INTO bare.member SELECT $1, $2, user_id, 'Member', $5 FROM unnest($4::text[]) AS user_id`;
const LOCK = "SELECT 1 FROM bare.chat_group WHERE app = $1 AND group_id = $2 FOR NO KEY UPDATE";
const DESTROY = `
  WITH gone AS (DELETE FROM bare.member WHERE app = $1 AND group_id = $2)
  DELETE FROM bare.chat_group WHERE app = $1 AND group_id = $2`;

/**
 * Groups with members created and disbanded by the fewest statements that keep the same promises (unique ids, the
 * group's row held, on disk before it counts), in the fewest ways to the database, straight from a client of it: no HTTP, no
 * credentials, no rules.
 */
export async function barePostgresPairs(url: string, clients: number, ms: number): Promise<number> {
  const pool = await prepared(url);
  const members = Array.from({ length: 10 }, (_, i) => `user-${i}`);
  let made = 0;
  try {
    return await warmRate(clients, ms, async () => {
      made += 1;
      const group = [1, `group-${made}`];
      await pool.query({ name: "create", text: CREATE, values: [...group, members[0], members, made] });
      await together(pool, [
        { text: "BEGIN" },
        { name: "lock", text: LOCK, values: group },
        { name: "destroy", text: DESTROY, values: group },
        { text: "COMMIT" },
      ]);
    });
  } finally {
    await pool.end();
  }
}

interface Row {
  readonly position: number;
  readonly lane: string;
  readonly sequence: number;
  readonly id: string;
  readonly body: string;
}

/**
 * A backlog posted in order per lane, so many at a time, with each attempt and how far each lane is written in batches
 * before it counts: the fewest statements that lose nothing.
 */
export async function barePostgresDeliveries(
  url: string,
  endpoint: string,
  bodies: readonly string[],
  { posts, inFlight }: { readonly posts: number; readonly inFlight: number },
): Promise<void> {
  const pool = await prepared(url);
  for (let from = 1; from <= posts; from += WINDOW) {
    const numbers = Array.from({ length: Math.min(WINDOW, posts - from + 1) }, (_, i) => from + i - 1);
    await pool.query(
      `INSERT INTO bare.outbox (app, lane, sequence, id, body)
       SELECT 1, * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[])`,
      [
        numbers.map((i) => `lane-${i % bodies.length}`),
        numbers.map((i) => Math.floor(i / bodies.length) + 1),
        numbers.map((i) => `bench-${i}`),
        numbers.map((i) => bodies[i % bodies.length]),
      ],
    );
  }
  await pool.query(
    "INSERT INTO bare.lane SELECT app, lane, max(sequence), 0 FROM bare.outbox GROUP BY app, lane; ANALYZE bare.lane",
  );
  const posting = new Posting(endpoint, { connections: inFlight, pipelining: 1 });
  const done: (Row & { readonly startedAt: number; readonly ms: number; readonly answer: string })[] = [];
  let written = 0;

  async function post(row: Row): Promise<void> {
    const startedAt = Date.now();
    // The same on every attempt, and the number within the lane: whoever receives it relies on both.
    const headers = { "content-type": "application/json", "webhook-id": row.id, "muster-sequence": row.sequence };
    const answer = await posting.request({ method: "POST", path: "/callback", headers, body: row.body });
    const text = await answer.body.text();
    done.push({ ...row, startedAt, ms: Date.now() - startedAt, answer: text });
  }

  async function write(): Promise<void> {
    const batch = done.splice(0);
    if (batch.length === 0) return;
    await pool.query({
      name: "settle",
      text: `
        WITH ended AS (
          SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[])
            AS t (position, lane, sequence, started_at, ms, answer)
        ), kept AS (
          INSERT INTO bare.attempt SELECT 1, position, 1, started_at, ms, 200, answer FROM ended
        )
        UPDATE bare.lane SET settled = far.sequence
        FROM (SELECT lane, max(sequence) AS sequence FROM ended GROUP BY lane) AS far
        WHERE bare.lane.app = 1 AND bare.lane.lane = far.lane`,
      values: [
        batch.map(({ position }) => position),
        batch.map(({ lane }) => lane),
        batch.map(({ sequence }) => sequence),
        batch.map(({ startedAt }) => startedAt),
        batch.map(({ ms }) => ms),
        batch.map(({ answer }) => answer),
      ],
    });
    written += batch.length;
  }

  const writing = (async () => {
    while (written < posts) {
      await new Promise((resolve) => setTimeout(resolve, GATHERING));
      await write();
    }
  })();
  // Of each lane one after another, lanes side by side: each of the posting loops has lanes of its own.
  const queues = Array.from({ length: inFlight }, (): Row[] => []);
  let read: Row[] = [];
  for (let after = 0; ; after = Number(read.at(-1)?.position)) {
    const { rows } = await pool.query<Row>({
      name: "read",
      text: `SELECT position, lane, sequence, id, body FROM bare.outbox WHERE app = 1 AND position > $1
             ORDER BY position LIMIT ${WINDOW}`,
      values: [after],
    });
    read = rows;
    if (rows.length === 0) break;
    for (const row of rows) queues[Number(row.lane.slice(5)) % inFlight]?.push(row);
    await Promise.all(
      queues.map(async (queue) => {
        for (const row of queue.splice(0)) await post(row);
      }),
    );
  }
  await writing;
  await posting.close();
  await pool.end();
}

async function prepared(url: string): Promise<Pool> {
  const pool = new Connections({ connectionString: url, max: CONNECTIONS, pipeline: true });
  await pool.query(TABLES);
  return pool;
}

/** Sends statements one behind the other, without waiting for the answers in between. */
async function together(pool: Pool, statements: readonly QueryConfig[]): Promise<void> {
  const client = await pool.connect();
  try {
    await Promise.all(statements.map((statement) => client.query(statement)));
  } finally {
    client.release();
  }
}
