import { ErrorCode } from "@muster/protocol";

import type { Refusal } from "../commands/command.ts";

/** Most bytes of an answer to a question. */
export const ANSWER_MAX_BYTES = 1_048_576;

export const TOO_LONG: Refusal = {
  code: ErrorCode.AnswerTooLong,
  info: "the answer is longer than 1 MiB: ask for less",
};
