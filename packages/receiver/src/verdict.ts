import { accepted, answered, type Answer } from "./answer.ts";
import { ReceiverError } from "./receiver-error.ts";

/** What a before-callback is answered with; made by `allow`, `refuse` and `allowExcept`. */
export interface Verdict {
  readonly code: number;
  readonly info: string;
  readonly except: readonly string[];
}

/** 1: refused, and the caller is told 10016. 2: a message is dropped, and its sender told that it was sent. */
const PLAIN_REFUSALS: readonly number[] = [1, 2];
const FIRST_OWN_CODE = 10100;
const LAST_OWN_CODE = 10200;

/** It may be done. */
export function allow(): Verdict {
  return { code: 0, info: "", except: [] };
}

/**
 * It must not be done.
 * @param code 1, and whoever tried is told error 10016; 10100 to 10200, and is told this code and `info`; 2 for
 * messages: they are dropped, and whoever sent them is told that they were sent
 * @throws {ReceiverError} `OPTIONS_INVALID`: another code is not documented, and would be taken as the sender likes
 */
export function refuse(code = 1, info = ""): Verdict {
  const isOwn = Number.isInteger(code) && code >= FIRST_OWN_CODE && code <= LAST_OWN_CODE;
  if (isOwn || PLAIN_REFUSALS.includes(code)) return { code, info, except: [] };
  throw new ReceiverError(
    "OPTIONS_INVALID",
    `A refusal's code is 1, 2 or ${FIRST_OWN_CODE} to ${LAST_OWN_CODE}, not ${code}.`,
  );
}

/** Users may be invited, but these not (`Group.CallbackBeforeInviteJoinGroup`). */
export function allowExcept(userIds: readonly string[]): Verdict {
  return { code: 0, info: "", except: userIds };
}

/** A verdict as the wire says it. */
export function verdictAnswer({ code, info, except }: Verdict): Answer {
  if (code !== 0) return answered({ ActionStatus: "FAIL", ErrorInfo: info, ErrorCode: code });
  if (except.length === 0) return accepted();
  return answered({ ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0, RefusedMembers_Account: except });
}
