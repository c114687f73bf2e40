import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { createLog, systemClock } from "@muster/foundation";
import type { Client } from "pg";

import { openStore } from "../packages/server/src/store/open-store.ts";
import { DUE } from "../packages/server/src/store/postgres/ownership.ts";
import { startProgram, type Program } from "../test/harness/program.ts";

/** How many callbacks are put into the outbox with one commit. */
const AT_ONCE = 5_000;

/** Puts callbacks into a store's outbox, spread over lanes in turn, whose names are numbered from `first` on. */
export async function fillOutbox(
  setting: string,
  sdkAppId: number,
  { callbacks, lanes, first = 0 }: { readonly callbacks: number; readonly lanes: number; readonly first?: number },
): Promise<void> {
  const { store, close } = await openStore(setting, { clock: systemClock, log: createLog("bench", "error") });
  for (let from = 0; from < callbacks; from += AT_ONCE) {
    await store.write(sdkAppId, async (tx) => {
      for (let i = from; i < Math.min(from + AT_ONCE, callbacks); i += 1) {
        const lane = laneOf(first + (i % lanes));
        await tx.enqueue({
          id: `bench-${first + i}`,
          lane,
          command: "Group.CallbackAfterCreateGroup",
          body: bodyOf(lane),
          clientIp: "127.0.0.1",
          platform: "RESTAPI",
          acceptedAt: systemClock.now(),
        });
      }
    });
  }
  await close();
}

/**
 * Puts more into the outbox of a store that nodes deliver of, so many callbacks into each of its lanes, which hold some
 * already and are through. Nobody sees any of it until `release` is called: then all nodes do.
 */
export async function addBacklog(client: Client, ofLane: number): Promise<{ release(): Promise<void> }> {
  await client.query(MORE, [ofLane]);
  // What it takes to bring this to disk is not what delivering it takes.
  await client.query("CHECKPOINT");
  await client.query("BEGIN");
  await client.query(BOOKS, [ofLane]);
  await client.query(LANES, [ofLane, systemClock.now()]);
  await client.query(TELL, [DUE]);
  return {
    async release() {
      await client.query("COMMIT");
    },
  };
}

/** Waits until nothing is pending any more, and all results are written. */
export async function allSettled(client: Client): Promise<void> {
  for (;;) {
    const { rows } = await client.query("SELECT 1 FROM lane WHERE due IS NOT NULL LIMIT 1");
    if (rows.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** One of each lane after the other, with the body of its first. */
const MORE = `INSERT INTO outbox (app, position, lane, sequence, id, command, body, client_ip, platform, accepted_at)
  SELECT app, nextval('outbox_position'), lane, last + n, lane || ' ' || last + n, command, body, client_ip, platform,
    accepted_at
  FROM generate_series(1, $1::integer) AS n CROSS JOIN lane CROSS JOIN LATERAL (
    SELECT command, body, client_ip, platform, accepted_at FROM outbox
    WHERE outbox.app = lane.app AND outbox.lane = lane.lane ORDER BY sequence LIMIT 1
  ) AS sample
  ORDER BY n, app, lane`;
const BOOKS = `INSERT INTO tally (app, kind, slot, n)
  SELECT app, 'accepted', 0, count(*) * $1::integer FROM lane GROUP BY app
  ON CONFLICT (app, kind, slot) DO UPDATE SET n = tally.n + excluded.n`;
const LANES = `UPDATE lane SET last = last + $1::integer, due = $2, head = (
    SELECT position FROM outbox
    WHERE outbox.app = lane.app AND outbox.lane = lane.lane AND sequence = lane.last + 1
  )`;
/** As nodes tell one another of what they have committed. */
const TELL = `SELECT pg_notify($1, string_agg(app || ':' || shard, ' '))
  FROM (SELECT DISTINCT app, shard FROM lane) AS due`;

/** The same bodies, one for each lane, for peers that post them in turn. */
export function bodiesOf(lanes: number): string[] {
  return Array.from({ length: lanes }, (_, i) => bodyOf(laneOf(i)));
}

/** Starts a server, in a process of its own, that delivers to a URL what the store holds of so many apps. */
export function startOnBacklog(folder: string, store: string, sdkAppId: number, url: string, apps = 1): Program {
  const callback = { url, token: "the-token", allowPrivateNetwork: true };
  const server = { port: 0, store, logLevel: "error" };
  const config = join(folder, "muster.json");
  const configured = Array.from({ length: apps }, (_, i) => ({
    sdkAppId: sdkAppId + i,
    secretKey: "the-key",
    callback,
  }));
  writeFileSync(config, JSON.stringify({ server, apps: configured }));
  return startProgram(["serve", "--config", config]);
}

const laneOf = (i: number): string => `@TGS#2GROUP${i}`;

const MemberList = Array.from({ length: 16 }, (_, i) => ({ Member_Account: `member-${i}` }));

/** About 700 bytes, as in the measurements that this one is compared with. */
function bodyOf(GroupId: string): string {
  return JSON.stringify({
    CallbackCommand: "Group.CallbackAfterCreateGroup",
    GroupId,
    Operator_Account: "administrator",
    Owner_Account: "leckie",
    Type: "Public",
    Name: "MyFirstGroup",
    MemberList,
    EventTime: systemClock.now(),
  });
}
