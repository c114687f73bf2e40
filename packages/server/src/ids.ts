import { randomBytes, randomUUID } from "node:crypto";

import type { IdSource } from "./context.ts";

const RANDOM_LENGTH = 6;
const POOL_BYTES = 1_024;
const SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** Bytes from here on would favour the first symbols. */
const FAIR_BELOW = 256 - (256 % SYMBOLS.length);

/**
 * Ids that do not meet: UUIDs of version 7, and serials of 12 symbols, the second and 36 to the power of 6 within it.
 * Beginning with the time, they sort by it: what is new lies together in the store, and is found by its time.
 * @param now ms since 1970
 */
export function createIds(now: () => number): IdSource {
  const randomSymbols = createSymbols();
  return {
    serial: () =>
      Math.floor(now() / 1000)
        .toString(SYMBOLS.length)
        .toUpperCase() + randomSymbols(),
    callbackId: () => timedUuid(now()),
  };
}

/** A UUID of version 7: one of version 4 with the time in front. */
function timedUuid(now: number): string {
  const time = now.toString(16).padStart(12, "0").slice(-12);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
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
