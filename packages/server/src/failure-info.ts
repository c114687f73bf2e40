/** The store was lost in the midst of a commit: whether that was done is not known. */
export class UnknownOutcomeError extends Error {
  override readonly name = "UnknownOutcomeError";
}

/** An app leaves for another cell, or has left, and this node had not heard of it: nothing of what it wrote was kept. */
export class ClosedAppError extends Error {
  override readonly name = "ClosedAppError";
}

/** What a caller is told of a failure that is not the caller's: nothing of its cause, but what has become of the call. */
export function failureInfo(error: unknown): string {
  return error instanceof UnknownOutcomeError
    ? "internal error; whether it was done is not known: look before you ask again"
    : "internal error; nothing was changed";
}
