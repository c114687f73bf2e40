import { byteLength, ErrorCode } from "@muster/protocol";

import type { Account } from "../group/group.ts";
import { done, refuse, type Command } from "./command.ts";

const PROFILE_FIELD_MAX_BYTES = 500;

/** Makes a user known to the app. A repeated import changes the profile and nothing else. */
export const importAccount: Command<Account, Record<string, never>> = async (tx, _context, account) => {
  for (const [name, text] of [
    ["Nick", account.nick],
    ["FaceUrl", account.faceUrl],
  ] as const) {
    if (byteLength(text) > PROFILE_FIELD_MAX_BYTES) {
      return refuse(ErrorCode.ProfileFieldTooLong, `${name} is longer than ${PROFILE_FIELD_MAX_BYTES} bytes`);
    }
  }
  await tx.putAccount(account);
  return done({});
};
