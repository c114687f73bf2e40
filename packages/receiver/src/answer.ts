/** What a callback is answered with; the body is JSON. */
export interface Answer {
  /** The HTTP status. */
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Largest body that is taken, in bytes (1 MiB). Adapters stop reading there and answer `tooLarge()`. */
export const MAX_BODY_BYTES = 1_048_576;

/** The documented answer to a callback that was taken; to a before-callback it says that all may go ahead. */
export function accepted(): Answer {
  return ok;
}

// Made once: it is what nearly everything is answered with.
const ok = answered({ ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0 });

/** What an answer's body says. */
export interface AnswerBody {
  readonly ActionStatus: "OK" | "FAIL";
  readonly ErrorInfo: string;
  readonly ErrorCode: number;
  /** Of an invitation: the users who must not be invited. */
  readonly RefusedMembers_Account?: readonly string[];
}

/** The answer of whoever was asked: HTTP status 200, whatever it says. */
export function answered(body: AnswerBody): Answer {
  return answer(200, body);
}

/**
 * The documented form of a failure, its `ErrorCode` the HTTP status.
 * @param info a sentence: what is wrong and what to do
 */
export function refused(status: number, info: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return answer(status, { ActionStatus: "FAIL", ErrorInfo: info, ErrorCode: status }, headers);
}

/** The answer to a body above `MAX_BODY_BYTES`, for adapters that stop reading before the end. */
export function tooLarge(): Answer {
  return refused(413, `The body is longer than ${MAX_BODY_BYTES} bytes, which no callback is: send less.`);
}

function answer(status: number, body: AnswerBody, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}
