import { randomBytes, randomUUID } from "node:crypto";

import type { IdSource } from "./context.ts";

const RANDOM_LENGTH = 6;
const SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** Bytes from here on would favour the first symbols. */
const FAIR_BELOW = 256 - (256 % SYMBOLS.length);

/**
 * Ids that do not meet: UUIDs, and serials of 12 symbols, the second and 36 to the power of 6 within it. Beginning
 * with the time, serials sort by it: what is new lies together in the store.
 * @param now ms since 1970
 */
export function createIds(now: () => number): IdSource {
  return {
    serial: () =>
      Math.floor(now() / 1000)
        .toString(SYMBOLS.length)
        .toUpperCase() + randomSymbols(),
    callbackId: () => randomUUID(),
  };
}

function randomSymbols(): string {
  let symbols = "";
  while (symbols.length < RANDOM_LENGTH) {
    for (const byte of randomBytes(RANDOM_LENGTH)) {
      if (byte < FAIR_BELOW && symbols.length < RANDOM_LENGTH) symbols += SYMBOLS.charAt(byte % SYMBOLS.length);
    }
  }
  return symbols;
}

/** A secret of 256 bits, in hex. */
export function randomSecret(): string {
  return randomBytes(32).toString("hex");
}
