import { once } from "node:events";
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";

import { expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { limitOwnFiles } from "../../../../../test/harness/limit-files.ts";
import type { PendingCallback, Settlement } from "../../ports/outbox.ts";
import { callback, dead, delivered, dueOf, enqueue, NOW, retry } from "../sample-callbacks.contract.ts";
import { APP } from "../sample-groups.contract.ts";
import { openSqliteStore } from "./open-store.ts";

/** More than are written without the thread, in lanes of three. */
const LANES = 60;
const lanes = Array.from({ length: LANES }, (_, i) => `lane-${i}`);

/** A store with callbacks in many lanes, another connection to its file, and the thread that has been begun for it. */
async function setUp() {
  const path = join(temporaryFolder(), "server.db");
  const opened = openSqliteStore(path);
  onTestFinished(opened.close);
  const file = new DatabaseSync(path, { timeout: 5_000 });
  onTestFinished(() => file.close());
  const { store, outbox } = opened;
  const fill = (): Promise<void> =>
    enqueue(store, ...[1, 2, 3].flatMap((n) => lanes.map((lane) => callback(lane, NOW, `${lane}-${n}`))));
  const pending = async (after: number): Promise<PendingCallback[]> =>
    (await Promise.all(lanes.map((lane) => outbox.pending(APP, lane, after, 3)))).flat();
  await fill();
  const begun = readyThread();
  const first = (await pending(0)).map(delivered);
  // Written without the thread, which begins meanwhile.
  await outbox.settle(first, NOW);
  const thread = await begun;
  await fill();
  const books = async () => (await outbox.ledger())[0];
  expect(await books()).toMatchObject({ delivered: LANES * 3, pending: LANES * 3 });
  return { ...opened, path, file, thread, books, second: await pending(3) };
}

/** The next thread that begins, once it has said that it is there. */
async function readyThread(): Promise<Worker> {
  const [thread] = (await once(process, "worker")) as [Worker];
  await once(thread, "message");
  return thread;
}

/** Delivered, but that the second of each tenth lane is given up and the third is to be tried again. */
function results(second: readonly PendingCallback[]): Settlement[] {
  return second.map((one) => {
    if (!one.lane.endsWith("0") || one.sequence === 4) return delivered(one);
    return one.sequence === 5 ? dead(one) : retry(one, NOW + 1_000);
  });
}

const BOOKS = { accepted: 360, delivered: 348, pending: 6, dead: 6, cancelled: 0 };

it("writes many results in a thread, as it does a few, while commands go on", async () => {
  const { outbox, deliveries, store, thread, second, books } = await setUp();
  const told = once(thread, "message");
  const settled = outbox.settle(results(second), NOW);
  await store.write(APP, (tx) => tx.enqueue(callback("another")));
  await settled;
  expect(await told).toEqual([{ kind: "settled" }]);
  expect(await books()).toEqual({ sdkAppId: APP, ...BOOKS, accepted: 361, pending: 7 });
  expect(await dueOf(outbox, NOW + 1_000, 10, ["retrying"])).toHaveLength(6);
  const positions = second.filter(({ lane }) => lane === "lane-10").map(({ position }) => position);
  const found = await Promise.all(positions.map((position) => deliveries.find(position)));
  expect(found.map((one) => [one?.delivery.state, one?.attempts, one?.retryAt])).toEqual([
    ["delivered", [results(second)[0]?.attempt], undefined],
    ["dead", [results(second)[0]?.attempt], undefined],
    ["pending", [{ number: 1, startedAt: NOW, durationMs: 12, outcome: "refused" }], NOW + 1_000],
  ]);
});

it("writes results without the thread when that ends, once each", async () => {
  const { outbox, thread, second, books } = await setUp();
  const settled = outbox.settle(results(second), NOW);
  const ended = thread.terminate();
  await settled;
  await ended;
  expect(await books()).toEqual({ sdkAppId: APP, ...BOOKS });
  // And the thread had written, or what came twice came from elsewhere: nothing changes.
  await outbox.settle(results(second), NOW);
  expect(await books()).toEqual({ sdkAppId: APP, ...BOOKS });
});

it("says why the thread could not write, has written nothing, and writes it when it can", async () => {
  const { outbox, file, second, books, check } = await setUp();
  const { position } = second[170] as PendingCallback;
  file.exec(`
    CREATE TRIGGER broken BEFORE INSERT ON attempt WHEN NEW.position = ${position}
    BEGIN SELECT raise(ABORT, 'not this one'); END`);
  await expect(outbox.settle(results(second), NOW)).rejects.toThrow("not this one");
  expect(await books()).toMatchObject({ delivered: LANES * 3, pending: LANES * 3 });
  await check();
  file.exec("DROP TRIGGER broken");
  await outbox.settle(results(second), NOW);
  expect(await books()).toEqual({ sdkAppId: APP, ...BOOKS });
});

it("writes what found no room on the disk, once each, when there is room", async () => {
  const { outbox, path, thread, second, books, check } = await setUp();
  // As a full disk is to a program: the log cannot grow.
  limitOwnFiles(statSync(`${path}-wal`).size);
  onTestFinished(() => limitOwnFiles());
  const told = once(thread, "message");
  await expect(outbox.settle(results(second), NOW)).rejects.toThrow(/reading or writing fails \(disk I\/O error\)/);
  expect(await told).toEqual([{ kind: "lost", message: expect.stringContaining("disk I/O error") }]);
  expect(await books()).toMatchObject({ delivered: LANES * 3, pending: LANES * 3 });
  await expect(check()).rejects.toThrow("disk I/O error");
  limitOwnFiles();
  await outbox.settle(results(second), NOW);
  expect(await books()).toEqual({ sdkAppId: APP, ...BOOKS });
  await outbox.settle(results(second), NOW);
  expect(await books()).toEqual({ sdkAppId: APP, ...BOOKS });
});
