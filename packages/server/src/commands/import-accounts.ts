import { byteLength, ErrorCode, USER_ID_MAX_BYTES } from "@muster/protocol";

import type { Account } from "../group/group.ts";
import { done, refuse, type Command } from "./command.ts";
import { profileRefusal } from "./import-account.ts";

/** Makes many users known to the app. Returns the ids of those that cannot be. */
export const importAccounts: Command<
  { readonly accounts: readonly Account[]; readonly most: number },
  readonly string[]
> = async (tx, _context, { accounts, most }) => {
  if (accounts.length === 0)
    return refuse(ErrorCode.AccountParameterInvalid, "neither Accounts nor AccountList names a user");
  if (accounts.length > most) {
    return refuse(ErrorCode.AccountParameterInvalid, `${accounts.length} users are named, one call takes ${most}`);
  }
  const failed: string[] = [];
  for (const account of accounts) {
    if (isUserId(account.userId) && !profileRefusal(account)) await tx.putAccount(account);
    else failed.push(account.userId);
  }
  return done(failed);
};

function isUserId(text: string): boolean {
  return text !== "" && text.isWellFormed() && byteLength(text) <= USER_ID_MAX_BYTES;
}
