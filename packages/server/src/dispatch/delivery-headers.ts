import { REPLAY_HEADER } from "@muster/protocol";

import type { PendingCallback } from "../ports/outbox.ts";

/** What an attempt says of its place in the delivery: a replay has its original's number, and says that it is one. */
export function deliveryHeaders(
  { sequence, replayOf }: Pick<PendingCallback, "sequence" | "replayOf">,
  attempt: number,
): Record<string, string> {
  const headers = { "muster-sequence": String(replayOf?.sequence ?? sequence), "muster-attempt": String(attempt) };
  return replayOf ? { ...headers, [REPLAY_HEADER]: "1" } : headers;
}
