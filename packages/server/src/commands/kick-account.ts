import { ErrorCode } from "@muster/protocol";

import { done, refuse, type Command } from "./command.ts";

/** Makes every UserSig of a user void that was signed before now. */
export const kickAccount: Command<{ readonly userId: string }, Record<string, never>> = async (
  tx,
  { now },
  { userId },
) => {
  if ((await tx.missingAccounts([userId])).length > 0) {
    return refuse(ErrorCode.AccountNotFound, `UserID: there is no account ${userId}`);
  }
  await tx.setKickedAt(userId, Math.floor(now / 1000));
  return done({});
};
