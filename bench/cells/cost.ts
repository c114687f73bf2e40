import { Client } from "pg";

import { startPostgres } from "../../test/harness/postgres.ts";
import { startBenchEndpoint } from "../endpoint.ts";
import { rate } from "../load.ts";
import { startBenchServer } from "../muster.ts";
import { creatingOn } from "../pair.ts";
import { postmasterOf, processorTime, withChildren } from "../processor-time.ts";

const MS = Number(process.env["CAMPAIGN_MS"] ?? 15_000);
const CLIENTS = 32;
/** So many that none is in more groups than people are. */
const USERS = 2_000;

/** What a command and its delivered callback take, measured: processor time in s, and what stays on disk in bytes. */
export interface Cost {
  readonly ofServer: number;
  readonly ofDatabase: number;
  readonly bytesOfGroup: number;
  readonly bytesOfCallback: number;
}

/**
 * Creates groups with 10 members on PostgreSQL, each with a callback that is delivered and kept.
 * @throws where the system does not tell what processes take
 */
export async function measureCost(): Promise<Cost> {
  const database = await startPostgres();
  const endpoint = await startBenchEndpoint();
  const callback = { url: `${endpoint.url}/callback`, switches: ["Group.CallbackAfterCreateGroup"] };
  const server = await startBenchServer({ connections: CLIENTS, store: database.url, callback });
  const client = new Client({ connectionString: database.url });
  await client.connect();
  try {
    const create = await creatingOn(server.call, USERS);
    const postmaster = await postmasterOf(database.url);
    const times = (): number[] =>
      [[server.pid], withChildren(postmaster)].map((pids) => {
        const time = processorTime(pids);
        if (time === undefined) throw new Error("this system does not tell what processes take");
        return time;
      });
    const [groupsBefore, callbacksBefore] = await bytesOf(client);
    const [serverBefore = 0, databaseBefore = 0] = times();
    let made = 0;
    await rate(CLIENTS, MS, async () => {
      await create();
      made += 1;
    });
    while ((await endpoint.account()).distinct < made) await new Promise((resolve) => setTimeout(resolve, 50));
    const [serverAfter = 0, databaseAfter = 0] = times();
    const [groupsAfter, callbacksAfter] = await bytesOf(client);
    return {
      ofServer: (serverAfter - serverBefore) / made,
      ofDatabase: (databaseAfter - databaseBefore) / made,
      bytesOfGroup: (groupsAfter - groupsBefore) / made,
      bytesOfCallback: (callbacksAfter - callbacksBefore) / made,
    };
  } finally {
    await client.end();
    await server.stop();
    endpoint.stop();
    await database.stop();
  }
}

/** What groups with their members take on disk, and callbacks with their attempts, indexes included. */
async function bytesOf(client: Client): Promise<[groups: number, callbacks: number]> {
  const { rows } = await client.query<{ groups: string; callbacks: string }>(`
    SELECT coalesce(sum(pg_total_relation_size(oid)) FILTER (WHERE relname IN ('chat_group', 'member')), 0) AS groups,
      coalesce(sum(pg_total_relation_size(oid)) FILTER (WHERE relname ~ '^(outbox|attempt|lane)'), 0) AS callbacks
    FROM pg_class WHERE relnamespace = 'muster_server'::regnamespace AND relkind = 'r'`);
  return [Number(rows[0]?.groups), Number(rows[0]?.callbacks)];
}
