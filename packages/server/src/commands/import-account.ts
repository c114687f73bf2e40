import { byteLength, ErrorCode } from "@muster/protocol";

import type { Account } from "../group/group.ts";
import { done, type Command, type Refusal } from "./command.ts";

const PROFILE_FIELD_MAX_BYTES = 500;

/** Makes a user known to the app. A repeated import changes the profile and nothing else. */
export const importAccount: Command<Account, Record<string, never>> = async (tx, _context, account) => {
  const refusal = profileRefusal(account);
  if (refusal) return { ok: false, refusal };
  await tx.putAccount(account);
  return done({});
};

/** What is wrong with an account's profile, or `undefined`. */
export function profileRefusal({ nick, faceUrl }: Account): Refusal | undefined {
  const texts = { Nick: nick, FaceUrl: faceUrl };
  const unreadable = Object.entries(texts).find(([, text]) => !text.isWellFormed());
  if (unreadable) {
    return {
      code: ErrorCode.AccountParameterInvalid,
      info: `${unreadable[0]} is not valid Unicode (a lone surrogate)`,
    };
  }
  const tooLong = Object.entries(texts).find(([, text]) => byteLength(text) > PROFILE_FIELD_MAX_BYTES);
  if (!tooLong) return undefined;
  return { code: ErrorCode.ProfileFieldTooLong, info: `${tooLong[0]} is longer than ${PROFILE_FIELD_MAX_BYTES} bytes` };
}
