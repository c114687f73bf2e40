import type { ReceivedCallback } from "@muster/receiver";

import { eventValues } from "./event-values.ts";
import type { Together } from "./writer-messages.ts";

/** Callbacks as they go to another thread, bodies copied into bytes that nobody else has a hold of. */
export function together(callbacks: readonly ReceivedCallback[]): Together {
  const lengths = callbacks.map(({ body }) => body.byteLength);
  const bodies = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  for (const { body } of callbacks) {
    bodies.set(body, at);
    at += body.byteLength;
  }
  return { values: callbacks.flatMap(eventValues), lengths, bodies };
}
