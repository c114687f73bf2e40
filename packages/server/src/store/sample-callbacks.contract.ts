import type { LaneKind, NewCallback, Outbox, PendingCallback, Settlement } from "../ports/outbox.ts";
import type { Store } from "../ports/store.ts";
import { APP } from "./sample-groups.contract.ts";

export const NOW = 1_700_000_000_000;

/** A callback of a lane; its id tells which. */
export function callback(lane: string, acceptedAt = NOW, id = "id"): NewCallback {
  const body = `{"GroupId":${JSON.stringify(lane)},"Name":"Chess ♞"}`;
  const command = "Group.CallbackAfterGroupDestroyed";
  return { id, lane, command, body, clientIp: "192.0.2.7", platform: "iOS", acceptedAt };
}

export const delivered = (pending: PendingCallback): Settlement => ({
  callback: pending,
  attempt: {
    number: pending.attempts + 1,
    startedAt: NOW,
    durationMs: 12,
    outcome: "delivered",
    status: 200,
    code: 0,
    answer: "{}",
    error: "none",
  },
  state: "delivered",
});

export const dead = (pending: PendingCallback): Settlement => ({ ...delivered(pending), state: "dead" });

export const retry = (pending: PendingCallback, retryAt: number): Settlement => ({
  callback: pending,
  attempt: { number: pending.attempts + 1, startedAt: NOW, durationMs: 12, outcome: "refused" },
  state: { pending: true, retryAt },
});

/** Adds callbacks in one transaction. */
export const enqueue = (store: Store, ...callbacks: NewCallback[]): Promise<void> =>
  store.write(APP, async (tx) => {
    for (const one of callbacks) await tx.enqueue(one);
  });

/** The lanes that are due, of every kind, each with the number of its last settled callback. */
export async function dueOf(
  outbox: Outbox,
  now: number,
  limit = 10,
  kinds: readonly LaneKind[] = ["fresh", "retrying", "replay"],
): Promise<{ lane: string; settled: number; last: number }[]> {
  const due = await Promise.all(kinds.map((kind) => outbox.dueLanes(APP, kind, now, limit)));
  return due.flat().map(({ lane, last, head: first }) => ({ lane, settled: first.sequence - 1, last }));
}

/** What is to be sent next in a lane. */
export async function head({ outbox }: { readonly outbox: Outbox }, lane: string, app = APP): Promise<PendingCallback> {
  const due = await Promise.all(
    (["fresh", "retrying", "replay"] as const).map((kind) => outbox.dueLanes(app, kind, NOW + 1e12, 1_000)),
  );
  const first = due.flat().find((one) => one.lane === lane)?.head;
  if (!first) throw new Error(`nothing is pending in ${lane}`);
  return first;
}
