import type { Kept, ReceivedCallback } from "@muster/receiver";
import { sampleCallback } from "@muster/receiver/inbox-contract";
import { expect, it } from "vitest";

import { BATCH, createKeepTogether, WAITING, type WriteTogether } from "./keep-together.ts";

const MIB = 1_048_576;

const callback = (i: number, bytes = 1): ReceivedCallback =>
  sampleCallback({ dedupeKey: String(i), body: new Uint8Array(bytes) });

/** Keeps together, each batch waiting until it is said what becomes of it. */
function setUp() {
  const batches: { readonly keys: readonly string[]; readonly bytes: number }[] = [];
  const writing: PromiseWithResolvers<readonly (Kept | Error)[]>[] = [];
  const write: WriteTogether = (callbacks) => {
    const bytes = callbacks.reduce((sum, { body }) => sum + body.byteLength, 0);
    batches.push({ keys: callbacks.map(({ dedupeKey }) => dedupeKey), bytes });
    const written = Promise.withResolvers<readonly (Kept | Error)[]>();
    writing.push(written);
    return written.promise;
  };
  return {
    ...createKeepTogether(write),
    batches,
    /** Ends the batch of a number, once that is being written. */
    async end(batch: number, results?: readonly (Kept | Error)[]): Promise<void> {
      await expect.poll(() => batches.length, { interval: 1 }).toBe(batch + 1);
      writing[batch]?.resolve(results ?? (batches[batch]?.keys ?? []).map(() => "new"));
    },
    async fail(batch: number, error: Error): Promise<void> {
      await expect.poll(() => batches.length, { interval: 1 }).toBe(batch + 1);
      writing[batch]?.reject(error);
    },
  };
}

const said = (results: readonly Promise<Kept>[]): Promise<string[]> =>
  Promise.all(results.map((result) => result.catch(String)));

it("writes what comes in one turn together, and what comes meanwhile next", async () => {
  const { keep, batches, end } = setUp();
  const first = [1, 2, 3].map((i) => keep(callback(i)));
  await expect.poll(() => batches.length).toBe(1);
  const second = [4, 5].map((i) => keep(callback(i)));
  await end(0, ["new", "duplicate", "new"]);
  expect(await said(first)).toEqual(["new", "duplicate", "new"]);
  await end(1);
  expect(await said(second)).toEqual(["new", "new"]);
  expect(batches.map(({ keys }) => keys)).toEqual([
    ["1", "2", "3"],
    ["4", "5"],
  ]);
});

it(`takes no more than ${BATCH.callbacks} callbacks into a batch`, async () => {
  const { keep, batches, end } = setUp();
  const kept = Array.from({ length: 2 * BATCH.callbacks + 1 }, (_, i) => keep(callback(i)));
  for (let i = 0; i < 3; i += 1) await end(i);
  await Promise.all(kept);
  expect(batches.map(({ keys }) => keys.length)).toEqual([BATCH.callbacks, BATCH.callbacks, 1]);
  expect(batches.flatMap(({ keys }) => keys)).toEqual(kept.map((_, i) => String(i)));
});

it(`takes no more than ${BATCH.bytes / MIB} MiB into a batch, unless it is one callback`, async () => {
  const { keep, batches, end } = setUp();
  const sizes = [...Array.from({ length: 9 }, () => MIB), BATCH.bytes, BATCH.bytes + 1, 0, 1];
  const kept = sizes.map((bytes, i) => keep(callback(i, bytes)));
  for (let i = 0; i < 5; i += 1) await end(i);
  await Promise.all(kept);
  expect(batches.map(({ keys, bytes }) => [keys.length, bytes])).toEqual([
    [8, BATCH.bytes],
    [1, MIB],
    [1, BATCH.bytes],
    [1, BATCH.bytes + 1],
    [2, 1],
  ]);
});

it.each([
  ["callbacks", WAITING.callbacks, 1, BATCH.callbacks],
  ["bytes", WAITING.bytes / MIB, MIB, BATCH.bytes / MIB],
])("lets no more %s wait, and takes them again when some are written", async (_what, most, bytes, perBatch) => {
  const { keep, end } = setUp();
  const kept = Array.from({ length: most }, (_, i) => keep(callback(i, bytes)));
  await expect(keep(callback(most))).rejects.toThrow("does not keep up");
  await end(0);
  await kept[0];
  kept.push(keep(callback(most)));
  for (let i = 1; i < (most + 1) / perBatch; i += 1) await end(i);
  expect(new Set(await Promise.all(kept))).toEqual(new Set(["new"]));
});

it("says of each what became of it", async () => {
  const { keep, end, fail } = setUp();
  const first = [1, 2, 3].map((i) => keep(callback(i)));
  await end(0, ["new", new Error("not this one")]);
  expect(await said(first)).toEqual(["new", "Error: not this one", "Error: it was not said what became of it"]);
  const second = [1, 2].map((i) => keep(callback(i)));
  await fail(1, new Error("the disk is full"));
  expect(await said(second)).toEqual(["Error: the disk is full", "Error: the disk is full"]);
  const third = keep(callback(1));
  await end(2);
  expect(await third).toBe("new");
});

it("writes what it has taken before it closes, and takes nothing then", async () => {
  const { keep, close, end } = setUp();
  const kept = keep(callback(1));
  let isClosed = false;
  const closing = close().then(() => (isClosed = true));
  await expect(keep(callback(2))).rejects.toThrow("the store is closed");
  expect(isClosed).toBe(false);
  await end(0);
  await closing;
  expect(await kept).toBe("new");
});
