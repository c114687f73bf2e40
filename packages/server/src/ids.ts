import { randomBytes, randomUUID } from "node:crypto";

import type { IdSource } from "./context.ts";

const SERIAL_LENGTH = 10;
const SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/** Bytes from here on would favour the first symbols. */
const FAIR_BELOW = 256 - (256 % SYMBOLS.length);

/** Ids that cannot be guessed and do not meet: 36 to the power of 10 serials, and UUIDs. */
export const randomIds: IdSource = {
  serial() {
    let serial = "";
    while (serial.length < SERIAL_LENGTH) {
      for (const byte of randomBytes(SERIAL_LENGTH)) {
        if (byte < FAIR_BELOW && serial.length < SERIAL_LENGTH) serial += SYMBOLS.charAt(byte % SYMBOLS.length);
      }
    }
    return serial;
  },
  callbackId: () => randomUUID(),
};
