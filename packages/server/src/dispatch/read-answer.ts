/** Most bytes of an answer that are read. */
const ANSWER_LIMIT = 65_536;
/** Most bytes of an answer that are kept with the attempt. */
const ANSWER_KEPT = 4_096;

/** An answer is longer than what is read of it. */
export class AnswerTooLargeError extends Error {
  override readonly name = "AnswerTooLargeError";

  constructor() {
    super(`the answer is longer than ${ANSWER_LIMIT} bytes`);
  }
}

/**
 * Reads an answer's body to its end.
 * @throws {AnswerTooLargeError} as soon as it is longer than 64 KiB
 */
export async function readAnswer(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > ANSWER_LIMIT) throw new AnswerTooLargeError();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What is kept of an answer: its beginning, as text. */
export function keptAnswer(answer: Buffer): string {
  return answer.subarray(0, ANSWER_KEPT).toString("utf8");
}
