import { expect, it, onTestFinished, vi } from "vitest";

import { MAX_BODY_BYTES } from "../answer.ts";
import { readBody } from "./read-body.ts";

/** A body that comes as the test says, from a connection that remembers whether it was broken off. */
function begin() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let take = (_piece: Uint8Array): void => {};
  let end = (): void => {};
  const abandon = vi.fn<() => void>();
  const answer = readBody(
    {
      read(onPiece) {
        take = onPiece;
        return new Promise((resolve) => (end = () => resolve(true)));
      },
      abandon,
    },
    { bodyTimeoutMs: 100 },
  );
  return { answer, abandon, send: (length: number) => take(new Uint8Array(length)), end: () => end() };
}

it.each([
  ["too long", 413, () => undefined],
  ["too slow", 408, () => vi.advanceTimersByTime(100)],
])("has whoever sends a body that is %s read the answer before it breaks off", async (_what, status, wait) => {
  const { answer, abandon, send } = begin();
  send(MAX_BODY_BYTES);
  wait();
  send(1);
  expect(await answer).toMatchObject({ status });
  vi.advanceTimersByTime(99);
  send(1);
  expect(abandon).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(abandon).toHaveBeenCalledOnce();
});

it("keeps the connection of whoever came to the end too late", async () => {
  const { answer, abandon, send, end } = begin();
  vi.advanceTimersByTime(100);
  expect(await answer).toMatchObject({ status: 408 });
  send(1);
  end();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(abandon).not.toHaveBeenCalled();
});
