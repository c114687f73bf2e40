import * as z from "zod/mini";

import { envelope, type RestCommand } from "./envelope.ts";

/** Most accounts that one call takes, here and in `account_delete` and `account_check`. */
export const ACCOUNTS_MAX = 100;

/**
 * Makes up to 100 users known to the app: `Accounts` by their ids alone, `AccountList` with their profiles.
 * @see https://trtc.io/document/34954
 */
export const multiaccountImport = {
  service: "im_open_login_svc",
  command: "multiaccount_import",
  page: 34954,
  callsPerSecond: 100,
  request: z.object({
    Accounts: z.optional(z.array(z.string())),
    AccountList: z.optional(
      z.array(z.object({ UserID: z.string(), Nick: z.optional(z.string()), FaceUrl: z.optional(z.string()) })),
    ),
  }),
  response: z.extend(envelope, { FailAccounts: z.array(z.string()) }),
} as const satisfies RestCommand;
