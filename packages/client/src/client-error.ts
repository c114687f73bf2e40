/**
 * What goes wrong on this side of the connection, by code; the numbers are those of Tencent's web SDK for the
 * nearest thing. Codes of five digits and more are the server's: `ErrorCode`.
 */
export const ClientErrorCode = {
  /** The request needs a login. Nothing was asked of the server. */
  NotLoggedIn: 2024,
  /** A login is under way or done: log out first. Nothing was asked of the server. */
  AlreadyLoggedIn: 2025,
  /** The connection ended before the answer came. OUTCOME UNKNOWN: the request may have been carried out. */
  ConnectionLost: 2800,
  /** No answer came in time. OUTCOME UNKNOWN: the request may have been carried out, or may yet be. */
  TimedOut: 2801,
  /** There was no connection to the server. Nothing was asked of it. */
  NotConnected: 2805,
  /** The request was carried out, but its answer has a form that this client does not know. */
  AnswerUnreadable: 2903,
  /** A client cannot be made as asked; the message lists all that is wrong with the options. */
  OptionsInvalid: 2905,
} as const;

export type ClientErrorCode = (typeof ClientErrorCode)[keyof typeof ClientErrorCode];

/** Known to every copy of this package, so that `instanceof` also holds where an app has two of them. */
const brand = Symbol.for("@muster/client.ClientError");

/** Why something that was asked of the client was not done, or may not have been done. */
export class ClientError extends Error {
  override readonly name = "ClientError";
  /** One of `ClientErrorCode`, or the code that the server refused with: one of `ErrorCode`. */
  readonly code: number;
  readonly [brand] = true;

  constructor(code: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }

  static override [Symbol.hasInstance](value: unknown): value is ClientError {
    return typeof value === "object" && value !== null && brand in value;
  }
}
