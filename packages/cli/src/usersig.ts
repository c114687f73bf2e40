import { signUserSig } from "@muster/protocol";
import { Command } from "commander";

import { parseCount, parseSdkAppId, parseText, parseUserId } from "./options.ts";

/** What Tencent's own signers use where nothing is said: 180 days, in seconds. */
const DEFAULT_EXPIRE = 15_552_000;

interface Options {
  readonly sdkappid: number;
  readonly key: string;
  readonly userid: string;
  readonly expire: number;
  readonly json?: true;
}

/** `muster usersig`: the token alone, so that `$(muster usersig …)` is one. */
export const usersig = new Command("usersig")
  .description("print a UserSig, the credential of an app user or administrator")
  .requiredOption("--sdkappid <number>", "the app", parseSdkAppId)
  .requiredOption("--key <text>", "the app's secret key", parseText)
  .requiredOption("--userid <text>", "the user, or an administrator of the app", parseUserId)
  .option("--expire <seconds>", "for how long it is valid", parseCount, DEFAULT_EXPIRE)
  .option("--json", "print a JSON object instead of the bare UserSig")
  .addHelpText("after", "\nExample:\n  $ muster usersig --sdkappid 1400000001 --key KEY --userid leckie --expire 86400")
  .action(async ({ sdkappid, key, userid, expire, json }: Options) => {
    const claims = { sdkAppId: sdkappid, userId: userid, issuedAt: Math.floor(Date.now() / 1000), expiresIn: expire };
    const userSig = await signUserSig(claims, key);
    process.stdout.write(`${json ? JSON.stringify({ ...claims, userSig }) : userSig}\n`);
  });
