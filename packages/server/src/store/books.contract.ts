import fc from "fast-check";
import { expect, it } from "vitest";

import type { NewCallback, Outbox } from "../ports/outbox.ts";
import type { Store } from "../ports/store.ts";
import { callback, dead, delivered, dueOf, enqueue, head, NOW, retry } from "./sample-callbacks.contract.ts";
import { APP } from "./sample-groups.contract.ts";

/** A store under test, as far as it keeps books. */
export interface BooksUnderTest {
  readonly store: Store;
  readonly outbox: Outbox;
  close(): Promise<void>;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<BooksUnderTest>;
}

const failToEnqueue = async (store: Store, one: NewCallback): Promise<void> => {
  const failed = store.write(APP, async (tx) => {
    await tx.enqueue(one);
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
};

/**
 * What every store holds to, whatever is done with it.
 * @param share of the runs: fewer where it takes long to open one
 */
export function booksContract(name: string, opened: () => Promise<BooksUnderTest>, share: number): void {
  it(`${name}: whatever happens, the books balance, lanes are gapless and only heads are due`, async () => {
    const lanes = ["a", "b", ""];
    const lane = fc.constantFrom(...lanes);
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ does: fc.constant("enqueue" as const), lane, count: fc.integer({ min: 1, max: 3 }) }),
      },
      { weight: 1, arbitrary: fc.record({ does: fc.constant("fail" as const), lane }) },
      {
        weight: 5,
        arbitrary: fc.record({
          does: fc.constant("settle" as const),
          lane,
          state: fc.constantFrom("delivered" as const, "dead" as const, "retry" as const),
        }),
      },
      { weight: 1, arbitrary: fc.record({ does: fc.constant("cancel" as const) }) },
      { weight: 1, arbitrary: fc.record({ does: fc.constant("reopen" as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        let under = await opened();
        const model = new Map(lanes.map((each) => [each, { last: 0, pending: [] as number[], due: 0 }]));
        const books = { accepted: 0, delivered: 0, pending: 0, dead: 0, cancelled: 0 };
        const of = (each: string) => model.get(each) ?? { last: 0, pending: [], due: 0 };
        let now = NOW;
        for (const one of steps) {
          now += 10;
          if (one.does === "enqueue") {
            const known = of(one.lane);
            if (known.pending.length === 0) known.due = now;
            await enqueue(under.store, ...Array.from({ length: one.count }, () => callback(one.lane, now)));
            for (let i = 0; i < one.count; i += 1) known.pending.push((known.last += 1));
            books.accepted += one.count;
            books.pending += one.count;
          } else if (one.does === "fail") {
            await failToEnqueue(under.store, callback(one.lane, now));
          } else if (one.does === "settle") {
            const known = of(one.lane);
            if (known.pending.length === 0) continue;
            const first = await head(under, one.lane);
            if (one.state === "retry") {
              known.due = now + 1_000;
              await under.outbox.settle([retry(first, known.due)], now);
              continue;
            }
            await under.outbox.settle([one.state === "dead" ? dead(first) : delivered(first)], now);
            known.pending.shift();
            known.due = now;
            books.pending -= 1;
            books[one.state] += 1;
          } else if (one.does === "cancel") {
            books.cancelled += await under.outbox.cancelPending(APP, now);
            books.pending = 0;
            for (const known of model.values()) known.pending = [];
          } else {
            under = await under.reopen();
          }
        }
        const { outbox } = under;
        expect(await outbox.ledger()).toEqual(books.accepted === 0 ? [] : [{ sdkAppId: APP, ...books }]);
        expect(books.delivered + books.pending + books.dead + books.cancelled).toBe(books.accepted);
        const due: unknown[] = [];
        for (const [each, known] of model) {
          const pending = await outbox.pending(APP, each, 0, 1_000);
          expect(pending.map(({ sequence }) => sequence)).toEqual(known.pending);
          if (known.pending.length > 0)
            due.push({ at: known.due, lane: each, settled: (known.pending[0] ?? 0) - 1, last: known.last });
        }
        const lately: unknown[] = [];
        for (const kind of ["fresh", "retrying"] as const) {
          const ofKind = (await dueOf(outbox, now + 1e6, 10, [kind])).map((one) => ({ at: of(one.lane).due, ...one }));
          expect(ofKind.map(({ at }) => at)).toEqual(ofKind.map(({ at }) => at).toSorted((x, y) => x - y));
          lately.push(...ofKind);
        }
        expect(lately).toHaveLength(due.length);
        expect(lately).toEqual(expect.arrayContaining(due));
        await under.close();
      }),
      { numRuns: 40 * share },
    );
  });
}
