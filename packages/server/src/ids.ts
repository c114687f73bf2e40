import { randomBytes, randomUUID } from "node:crypto";

import type { IdSource } from "./context.ts";

const RANDOM_LENGTH = 6;
const POOL_BYTES = 1_024;
const SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** Bytes from here on would favour the first symbols. */
const FAIR_BELOW = 256 - (256 % SYMBOLS.length);

/**
 * Ids that do not meet: UUIDs, and serials of 12 symbols, the second and 36 to the power of 6 within it. Beginning
 * with the time, serials sort by it: what is new lies together in the store.
 * @param now ms since 1970
 */
export function createIds(now: () => number): IdSource {
  const randomSymbols = createSymbols();
  return {
    serial: () =>
      Math.floor(now() / 1000)
        .toString(SYMBOLS.length)
        .toUpperCase() + randomSymbols(),
    callbackId: () => randomUUID(),
  };
}

/** Asks the system for many random bytes at a time: asking costs more than the bytes. */
function createSymbols(): () => string {
  let bytes = Buffer.alloc(0);
  let next = 0;
  return () => {
    let symbols = "";
    while (symbols.length < RANDOM_LENGTH) {
      const byte = bytes[next++];
      if (byte === undefined) [bytes, next] = [randomBytes(POOL_BYTES), 0];
      else if (byte < FAIR_BELOW) symbols += SYMBOLS.charAt(byte % SYMBOLS.length);
    }
    return symbols;
  };
}

/** A secret of 256 bits, in hex. */
export function randomSecret(): string {
  return randomBytes(32).toString("hex");
}
