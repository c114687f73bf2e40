import { expect, it } from "vitest";

import { lifeOf, type LifePage } from "./life-pages.ts";

/** The callbacks from one position down to another, as a page of the history. */
function page(from: number, to: number, next: number | null = to): LifePage {
  const callbacks = Array.from({ length: from - to + 1 }, (_, i) => ({
    position: from - i,
    sdkAppId: 1400000001,
    groupId: "chess",
    sequence: from - i,
    id: `id-${from - i}`,
    command: "Group.CallbackAfterGroupFull",
    acceptedAt: 1_700_000_000_000 + from - i,
    state: "delivered" as const,
    attempts: 1,
    body: "{}",
  }));
  return { callbacks, next };
}

const positions = (newest: LifePage, pages: readonly LifePage[]) =>
  lifeOf(newest, pages)?.map(({ position }) => position);
const from1To = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);

it("has every event once, oldest first, also where some have come since the older ones were loaded", () => {
  const loaded = [page(6, 4), page(3, 1, null)];
  expect(positions(page(6, 4), loaded)).toEqual(from1To(6));
  expect(positions(page(8, 6), loaded)).toEqual(from1To(8));
  expect(positions(page(2, 1, null), [page(2, 1, null)])).toEqual([1, 2]);
  expect(positions({ callbacks: [], next: null }, [{ callbacks: [], next: null }])).toEqual([]);
});

it("does not tell of a life with a hole in it", () => {
  expect(positions(page(12, 10), [page(6, 4), page(3, 1, null)])).toBeUndefined();
  expect(positions(page(12, 7, null), [page(6, 6, null)])).toEqual([6, 7, 8, 9, 10, 11, 12]);
});
