/**
 * What a receiver can object to, always in how it was set up:
 *
 * - `OPTIONS_INVALID`: the message lists all that is wrong with the options.
 * - `COMMAND_UNKNOWN`: no callback of that kind has this name.
 * - `HANDLER_TWICE`: the command has a handler already.
 * - `FALLBACK_MISSING`: nothing is there to take the callbacks that have no handler.
 * - `INBOX_ONLY_KEEPS`: the inbox can keep callbacks, but not give them to handlers.
 * - `STARTED_ALREADY`: it was started, so that handlers can be added no more.
 */
export type ReceiverErrorCode =
  | "OPTIONS_INVALID"
  | "COMMAND_UNKNOWN"
  | "HANDLER_TWICE"
  | "FALLBACK_MISSING"
  | "INBOX_ONLY_KEEPS"
  | "STARTED_ALREADY";

/** A receiver cannot be made or used as asked; the message says what is wrong and what to do. */
export class ReceiverError extends Error {
  override readonly name = "ReceiverError";
  readonly code: ReceiverErrorCode;

  constructor(code: ReceiverErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
