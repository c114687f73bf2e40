import { LostCommitError } from "@muster/foundation";

import { UnknownOutcomeError } from "../failure-info.ts";

/** What was written, where that is known; who called is told where it is not. */
export async function knownOutcome<T>(written: Promise<T>): Promise<T> {
  try {
    return await written;
  } catch (error) {
    throw error instanceof LostCommitError ? new UnknownOutcomeError(error.message, { cause: error }) : error;
  }
}
