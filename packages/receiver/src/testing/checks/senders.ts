import type { Caller, Change } from "../caller.ts";
import type { Check } from "../check.ts";
import { kept } from "../judge.ts";
import { passed, skipped, warning, type Outcome } from "../verdict.ts";

/** Refused by its sender's fault, of which nothing may be kept. */
function refusing(name: string, title: string, remedy: string, change: () => Change): Check {
  return { name, title, run: async ({ call }) => kept(await call(change()), remedy) };
}

/** The same for what is about signatures, which are there only where there is a token. */
function refusingWithToken(check: Check): Check {
  return {
    ...check,
    run: async (caller: Caller, deadlineMs: number) =>
      caller.backend.token === undefined
        ? skipped("No token was given: give the app's to check what is signed.")
        : await check.run(caller, deadlineMs),
  };
}

/** An SDKAppID that Tencent gives to nobody. */
const NO_APP = "1";

export const foreignApp = refusing(
  "foreign-app",
  "refuses another app's callback",
  "Compare the query's SdkAppid with your own; answer 403 where they differ.",
  () => ({ query: { SdkAppid: NO_APP } }),
);

export const unsigned = refusingWithToken(
  refusing(
    "sign-missing",
    "refuses what is not signed",
    "Where a token is set, ask for Sign and RequestTime; answer 401 where they are missing.",
    () => ({ query: { Sign: undefined, RequestTime: undefined } }),
  ),
);

export const wronglySigned = refusingWithToken(
  refusing(
    "sign-wrong",
    "refuses a wrong Sign",
    "Compare Sign with the SHA-256 of token and RequestTime, in constant time; answer 401 where they differ.",
    () => ({ query: { Sign: "0".repeat(64) } }),
  ),
);

const HOUR_MS = 3_600_000;

/** Rightly signed, an hour ago. @param now the machine's clock */
export function stale(now: () => number): Check {
  return refusingWithToken(
    refusing(
      "sign-stale",
      "refuses an old RequestTime",
      "Refuse with 401 where RequestTime is more than 60 s off: else what was overheard once is good for ever.",
      () => ({ now: now() - HOUR_MS }),
    ),
  );
}

/** A warning only: `Sign` covers neither query nor body, and what acts on the body alone does no harm. */
export const twoCommands: Check = {
  name: "two-commands",
  title: "refuses a body that names another command",
  async run({ call }): Promise<Outcome> {
    const came = await call({ query: { CallbackCommand: "Group.CallbackAfterTopicDestroyed" } });
    const remedy =
      "Compare CallbackCommand of query and body; answer 400 where they differ: only tampering explains it.";
    if (came.reply && came.reply.status !== 200) return passed(`Refused with ${came.reply.status}.`);
    return came.reply ? warning("Taken, though query and body name different commands.", remedy) : kept(came, remedy);
  },
};
