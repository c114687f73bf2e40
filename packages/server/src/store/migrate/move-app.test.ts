import { join } from "node:path";

import { COPYING, createLog, openPostgres, systemClock, type MigrationEvent } from "@muster/foundation";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";

import { startAdminServer } from "../../../../../test/harness/admin.ts";
import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { postgresOfFile } from "../../../../../test/harness/postgres-of-file.ts";
import type { NewCallback, Settlement } from "../../ports/outbox.ts";
import { openStore } from "../open-store.ts";
import type { OpenStore } from "../opened-store.ts";
import { migrations, SCHEMA } from "../postgres/migrations.ts";
import { createDeparture } from "./departure.ts";
import { moveApp } from "./move-app.ts";

const ports = { clock: systemClock, log: createLog("server", "silent") };
const APP = 1400000001;
const OTHER_APP = 1400000002;
const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const ACCOUNTS = 1_500;

const postgres = await postgresOfFile();
let target: string;
beforeEach(async () => {
  target = await postgres.createDatabase();
});

/** Uses a store as a server does, and closes it. */
async function using<T>(setting: string, use: (store: OpenStore) => Promise<T>): Promise<T> {
  const opened = await openStore(setting, ports);
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}

function callback(lane: string, minute: number): NewCallback {
  const id = `${lane}-${minute}`;
  const acceptedAt = NOW + minute * MINUTE;
  const command = "Group.CallbackAfterGroupDestroyed";
  return { id, lane, command, body: "{}", clientIp: "192.0.2.7", platform: "iOS", acceptedAt };
}

/** Callbacks of an app, each accepted in a minute. */
function enqueue({ store }: OpenStore, app: number, lane: string, ...minutes: number[]): Promise<void> {
  return store.write(app, async (tx) => {
    for (const minute of minutes) await tx.enqueue(callback(lane, minute));
  });
}

/** Callbacks of minutes 0, 2, 4 … of the app that moves, in one lane: the first delivered, the second dead. */
async function fill(setting: string, minutes: readonly number[]): Promise<string> {
  await using(setting, async (opened) => {
    await opened.store.write(APP, async (tx) => {
      for (let i = 0; i < ACCOUNTS; i += 1) await tx.putAccount({ userId: `user\u0000${i}`, nick: "", faceUrl: "" });
    });
    await opened.store.write(OTHER_APP, (tx) => tx.putAccount({ userId: "leckie", nick: "", faceUrl: "" }));
    for (const minute of minutes) {
      await enqueue(opened, APP, "moves", minute);
      await enqueue(opened, OTHER_APP, "stays", minute);
    }
    const attempt = { number: 1, startedAt: NOW, durationMs: 7 } as const;
    const settlements = (await opened.outbox.pending(APP, "moves", 0, 2)).map((pending, i): Settlement =>
      i === 0
        ? { callback: pending, attempt: { ...attempt, outcome: "delivered" }, state: "delivered" }
        : { callback: pending, attempt: { ...attempt, outcome: "status" }, state: "dead" },
    );
    await opened.outbox.settle(settlements, NOW);
  });
  return setting;
}

/** Moves, and stops where an event says so, as whoever is killed. */
async function move(from: string, isEnd: (event: MigrationEvent) => boolean = () => false) {
  const events: MigrationEvent[] = [];
  const moved = await moveApp({
    app: APP,
    from,
    to: target,
    clock: systemClock,
    onEvent(event) {
      events.push(event);
      if (isEnd(event)) throw new Error("killed");
    },
  });
  return { ...moved, events };
}

const at = (event: MigrationEvent["event"], table: string) => (one: MigrationEvent) =>
  one.event === event && "table" in one && one.table === table;
const refusal = (message: RegExp) => ({ code: "STORE_UNUSABLE", message: expect.stringMatching(message) });

it.each(["a file", "a database"])("moves an app out of %s among others, wherever it is interrupted", async (kind) => {
  const from = kind === "a file" ? `sqlite:${join(temporaryFolder(), "server.db")}` : await postgres.createDatabase();
  await fill(from, [0, 2, 4]);
  await using(target, (opened) => enqueue(opened, OTHER_APP, "there", 1, 3, 6, 9));

  await expect(move(from, at("copying", "account"))).rejects.toThrow("killed");
  await expect(move(from, at("copied", "outbox"))).rejects.toThrow("killed");
  await expect(move(from, at("removed", "given_up"))).rejects.toThrow("killed");
  expect((await move(from)).wasComplete).toBe(false);
  expect(await move(from)).toMatchObject({ wasComplete: true, events: [] });

  await using(target, async (opened) => {
    const { store, outbox, deliveries, appRecords } = opened;
    expect(await store.read(APP).missingAccounts(["user\u00007", "nobody"])).toEqual(["nobody"]);
    expect(await appRecords.moves()).toEqual(new Map([[APP, "there"]]));
    // The numbers go on where they were, and positions behind those of all.
    await enqueue(opened, OTHER_APP, "there", 10);
    await enqueue(opened, APP, "moves", 11);
    const pending = await outbox.pending(APP, "moves", 0, 10);
    expect(pending.map(({ sequence }) => sequence)).toEqual([3, 4]);
    expect(pending[1]?.position).toBeGreaterThan((await outbox.pending(OTHER_APP, "there", 0, 10))[4]?.position ?? 0);
    const due = await outbox.dueLanes(APP, "fresh", NOW, 10);
    expect(due.map(({ head }) => head.sequence)).toEqual([3]);
    expect((await outbox.ledger()).find(({ sdkAppId }) => sdkAppId === APP)).toEqual({
      sdkAppId: APP,
      accepted: 4,
      delivered: 1,
      pending: 2,
      dead: 1,
      cancelled: 0,
    });
    // By their times as well, whatever their places.
    const idsOf = async (sdkAppId: number, from_: number, to: number): Promise<string[]> => {
      const range = { from: NOW + from_ * MINUTE, to: NOW + to * MINUTE };
      return (await deliveries.list({ sdkAppId, ...range, limit: 10 })).deliveries.map(({ id }) => id);
    };
    expect(await idsOf(APP, 1, 5)).toEqual(["moves-4", "moves-2"]);
    expect(await idsOf(APP, 2, 12)).toEqual(["moves-11", "moves-4", "moves-2"]);
    expect(await idsOf(OTHER_APP, 3, 10)).toEqual(["there-9", "there-6", "there-3"]);
    expect(await idsOf(OTHER_APP, 9, 11)).toEqual(["there-10", "there-9"]);
    const [delivered] = (await deliveries.list({ sdkAppId: APP, state: "delivered", limit: 2 })).deliveries;
    expect(await deliveries.find(delivered?.position ?? 0)).toMatchObject({ attempts: [{ outcome: "delivered" }] });
  });
  await using(from, async ({ outbox, store }) => {
    expect((await outbox.ledger()).map(({ sdkAppId }) => sdkAppId)).toEqual([OTHER_APP]);
    expect(await store.read(APP).missingAccounts(["user\u00007"])).toEqual(["user\u00007"]);
    expect(await store.read(OTHER_APP).missingAccounts(["leckie"])).toEqual([]);
  });
});

it("comes back where it was, and is served there like any other", async () => {
  const from = await fill(await postgres.createDatabase(), [0, 2, 4]);
  await move(from);
  const goneFrom = (store: OpenStore) => store.appRecords.moves();
  expect(await using(from, goneFrom)).toEqual(new Map([[APP, "leaving"]]));
  await expect(using(from, (opened) => enqueue(opened, APP, "moves", 5))).rejects.toThrow("leaves for another store");
  await moveApp({ app: APP, from: target, to: from, clock: systemClock, onEvent: () => undefined });
  await using(from, async (opened) => {
    expect(await goneFrom(opened)).toEqual(new Map([[APP, "there"]]));
    await enqueue(opened, APP, "moves", 5);
    expect((await opened.outbox.pending(APP, "moves", 0, 10)).map(({ sequence }) => sequence)).toEqual([3, 4]);
  });
});

it("goes on where the source has given it away and the target does not know", async () => {
  const from = await fill(await postgres.createDatabase(), [0, 2, 4]);
  await expect(move(from, at("verified", "stay"))).rejects.toThrow("killed");
  const db = await openPostgres(from, { schema: SCHEMA, migrations, ...COPYING });
  const departure = createDeparture({ db, app: APP, clock: systemClock });
  await departure.closeApp();
  await departure.leave();
  await departure.release();
  await db.close();
  // Closed, whoever looks, and whoever fails.
  await expect(move(from, at("verified", "account"))).rejects.toThrow("killed");
  await expect(using(from, (opened) => enqueue(opened, APP, "moves", 5))).rejects.toThrow("leaves for another store");
  expect((await move(from)).wasComplete).toBe(false);
  await using(target, async ({ outbox }) => {
    expect((await outbox.pending(APP, "moves", 0, 10)).map(({ sequence }) => sequence)).toEqual([3]);
  });
});

it("is copied anew where a server has run on the source in between", async () => {
  const from = await fill(await postgres.createDatabase(), [0, 2, 4]);
  await expect(move(from, at("copied", "outbox"))).rejects.toThrow("killed");
  await using(from, (opened) => enqueue(opened, APP, "moves", 5));
  const { events, rows } = await move(from);
  expect(events[0]).toEqual({ event: "begun", rows });
  await using(target, async ({ outbox }) => {
    expect((await outbox.pending(APP, "moves", 0, 10)).map(({ sequence }) => sequence)).toEqual([3, 4]);
  });
});

it("refuses what would lose something, or is not there", async () => {
  const from = await postgres.createDatabase();
  await expect(move(from)).rejects.toMatchObject(refusal(/has nothing in the store that --from names/));
  const file = await fill(`sqlite:${join(temporaryFolder(), "server.db")}`, [0, 2, 4]);
  const server = await openStore(file, ports);
  await expect(move(file)).rejects.toMatchObject({ message: expect.stringMatching(/another process has it open/) });
  await server.close();

  await using(target, ({ store }) => store.write(APP, (tx) => tx.putAccount({ userId: "bob", nick: "", faceUrl: "" })));
  await expect(move(file)).rejects.toMatchObject(
    refusal(/has the app 1400000001 already \(in muster_server\.account\)/),
  );
  await postgres.run(target, "DELETE FROM muster_server.account");

  // What is there by now is the target's; what the source has made since would be removed with the rest.
  await expect(move(file, at("removed", "stay"))).rejects.toThrow("killed");
  await using(file, (opened) => enqueue(opened, APP, "moves", 5));
  await expect(move(file)).rejects.toMatchObject(refusal(/is in --to, and a server has run on --from since/));
});

it("keeps what is pending where a server starts that does not know the app yet, and serves it once it does", async () => {
  const from = await fill(await postgres.createDatabase(), [0, 2, 4]);
  await expect(move(from, at("copied", "lane"))).rejects.toThrow("killed");
  const app = { sdkAppId: APP, secretKey: "the-key-of-the-app", callback: { url: "http://localhost:1/" } };
  const other = { sdkAppId: OTHER_APP, secretKey: "the-key-of-another-app" };
  const early = await startAdminServer({ apps: [app], server: { store: target } });
  await early.stop();
  await move(from);
  const booksOf = ({ outbox }: OpenStore) => outbox.ledger();
  const books = [{ sdkAppId: APP, accepted: 3, delivered: 1, pending: 1, dead: 1, cancelled: 0 }];
  const server = await startAdminServer({ apps: [other], server: { store: target } });
  onTestFinished(server.stop);
  expect(await using(target, booksOf)).toEqual(books);
  expect((await server.call("POST", "/apps", { body: app })).status).toBe(201);
  const arrivals = () => postgres.rows(target, "SELECT FROM muster_server.arrival WHERE NOT is_settled");
  await vi.waitUntil(async () => (await arrivals()).length === 0, { timeout: 30_000, interval: 20 });
  await server.stop();
  expect(await using(target, booksOf)).toEqual(books);
});
