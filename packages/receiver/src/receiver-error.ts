/** What a receiver can object to: today only how it was set up. */
export type ReceiverErrorCode = "OPTIONS_INVALID";

/** A receiver cannot be made as asked; the message lists all that is wrong with the options. */
export class ReceiverError extends Error {
  override readonly name = "ReceiverError";
  readonly code: ReceiverErrorCode;

  constructor(code: ReceiverErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
