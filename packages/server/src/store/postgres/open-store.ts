import { openFreshReads, openPostgres, refuseIncomplete, type PostgresTransaction } from "@muster/foundation";

import type { Notice } from "../../ports/notice-log.ts";
import type { CommittedCallback } from "../../ports/outbox.ts";
import type { GroupWrites, Store } from "../../ports/store.ts";
import { knownOutcome } from "../known-outcome.ts";
import type { OpenStore, StorePorts } from "../opened-store.ts";
import { createAppRecords } from "./app-records.ts";
import { knowingClosedApps } from "./closed-apps.ts";
import { createDeliveries } from "./deliveries.ts";
import { createEndpointStates } from "./endpoint-states.ts";
import { perApp } from "../per-app.ts";
import { groupReads } from "./group-reads.ts";
import { createKicks } from "./kicks.ts";
import { openGroupWrites } from "./group-writes.ts";
import { migrations, SCHEMA } from "./migrations.ts";
import { openNoticeFeed, TOLD } from "./notice-feed.ts";
import { createNoticeLog } from "./notice-log.ts";
import { createNoticeWrites } from "./notice-writes.ts";
import { oldestPending } from "./oldest-pending.ts";
import { createOutbox } from "./outbox.ts";
import { openPresenceBoard } from "./presence-board.ts";
import { createSessionRecords } from "./session-records.ts";
import { createSeriesStore } from "./series.ts";
import { createOtherNodes, WORDS } from "./other-nodes.ts";
import { createOwnership, DUE } from "./ownership.ts";
import { createSharedCommits, type OpenWork } from "./shared-commits.ts";
import { joinNodes } from "./node.ts";
import { createTold } from "./told.ts";

/**
 * Every statement looks up what it names, a few rows of many. Where it knows little of a table, or knows it as it was when
 * it was small, PostgreSQL takes going through all of it for cheaper, and keeps to that while it grows.
 */
const settings = { enable_seqscan: "off", enable_hashjoin: "off", enable_mergejoin: "off" };

/**
 * Opens the store in a database of PostgreSQL, as one of the nodes that share it.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openPostgresStore(url: string, { clock, log, watch, replica }: StorePorts): Promise<OpenStore> {
  const db = knowingClosedApps(await openPostgres(url, { schema: SCHEMA, migrations, settings, watch }));
  await refuseIncomplete(db);
  const plan = replica && { url: replica.url, schema: SCHEMA, settings };
  const fresh = plan && (await openFreshReads({ primary: db, replica: plan, reads: replica.reads, clock, log }));
  const reads = fresh ?? db;
  const node = await joinNodes({ db, clock, log, channels: [DUE, TOLD, WORDS] });
  const kickedAt = createKicks(reads);
  const callbacks = createTold<CommittedCallback>();
  const feed = await openNoticeFeed({ db, node, clock, log });
  const board = await openPresenceBoard(db, node);
  const outbox = createOutbox(db, node, callbacks.onCommitted);
  const ownership = createOwnership({ node, clock, appsWithPending: outbox.appsWithPending });

  function open(tx: PostgresTransaction, app: number): OpenWork {
    const [enqueued, added]: [CommittedCallback[], Notice[]] = [[], []];
    const told = createNoticeWrites(tx, app, { isHeard: feed.heard.has(app), origin: feed.origin }, (notice) =>
      added.push(notice),
    );
    return { ...openGroupWrites(tx, app, (callback) => enqueued.push(callback), told), enqueued, added };
  }

  /** Tells what has been added once it is on disk. */
  async function tell(app: number, works: readonly OpenWork[]): Promise<void> {
    callbacks.tell(ownership.share(works.flatMap(({ enqueued }) => enqueued)));
    await feed.committed(
      app,
      works.flatMap(({ added }) => added),
    );
  }

  /** Runs work in a transaction of its own. */
  async function write<T>(app: number, work: (tx: PostgresTransaction, writes: GroupWrites) => Promise<T>): Promise<T> {
    const committed = db.transaction(async (tx) => {
      // Anew with each run: what an earlier one added does not stand.
      const own = open(tx, app);
      const done = await work(tx, own.writes);
      own.finish();
      return { own, done };
    });
    const { own, done } = await knownOutcome(committed);
    await tell(app, [own]);
    return done;
  }

  const alone: Store["write"] = (app, work) => write(app, (_tx, writes) => work(writes));
  const shared = createSharedCommits({ db, clock, open, tell, alone });

  const groups = perApp((app) => ({
    ...groupReads(reads, app),
    kickedAt: (userId: string) => kickedAt({ app, userId }),
  }));

  return {
    store: {
      read: groups,
      // What app users are told is numbered in the order of its commits: each waits for those before it.
      write: (app, work, known) => (known?.sharesCommit && !feed.heard.has(app) ? shared(app, work) : alone(app, work)),
    },
    outbox: {
      ...outbox,
      async hasten(app, now) {
        await outbox.hasten(app, now);
        ownership.wakeOthers(app);
      },
    },
    ownership,
    others: createOtherNodes(node),
    board,
    sessionRecords: createSessionRecords(db),
    appRecords: createAppRecords(db),
    endpointStates: createEndpointStates(db),
    notices: createNoticeLog(db, feed),
    oldestPending: () => oldestPending(db),
    deliveries: createDeliveries(db, reads, (app, work) => write(app, (tx, writes) => work(tx, writes.enqueue))),
    series: createSeriesStore(db, reads),
    ...(fresh && { replica: fresh.state }),
    check: db.check,
    leave: () => node.leave(),
    async close() {
      ownership.stop();
      feed.stop();
      await node.stop();
      await fresh?.close();
      await db.close();
    },
  };
}
