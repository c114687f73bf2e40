/** Why a program could not start. */
export type StartErrorCode =
  | "PORT_TAKEN"
  | "ADDRESS_UNAVAILABLE"
  | "PORT_FORBIDDEN"
  | "STORE_UNUSABLE"
  | "KEY_UNUSABLE"
  | "SETTINGS_UNUSABLE"
  | "TLS_UNREADABLE"
  | "DRIVER_MISSING";

/**
 * A program cannot start. The message is one sentence for the person who started it and holds the remedy.
 */
export class StartError extends Error {
  override readonly name = "StartError";
  readonly code: StartErrorCode;

  constructor(code: StartErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}
