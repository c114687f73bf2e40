import type { Clock } from "@muster/foundation";
import type { Dispatcher } from "undici";

/** Most bytes of an answer that are read. */
const ANSWER_LIMIT = 65_536;

/** Most informational answers (1xx) that are read before the one that counts: each costs work. */
const MOST_INFORMATIONAL = 32;

/** An answer is longer than what is read of it. */
export class AnswerTooLargeError extends Error {
  override readonly name = "AnswerTooLargeError";

  constructor(message = `the answer is longer than ${ANSWER_LIMIT} bytes`) {
    super(message);
  }
}

/** What was being waited for: a connection, the answer's head, the rest of the answer. */
export type Phase = "connect" | "headers" | "body";

const waitedFor: Readonly<Record<Phase, string>> = {
  connect: "no connection",
  headers: "no answer",
  body: "the answer was not complete",
};

/** The deadline passed before the answer was complete. */
export class DeadlineError extends Error {
  override readonly name = "DeadlineError";
  readonly phase: Phase;

  /** @param deadline in ms */
  constructor(phase: Phase, deadline: number) {
    super(`${waitedFor[phase]} within ${deadline} ms`);
    this.phase = phase;
  }
}

/** What came back, whole. */
export interface Answered {
  readonly status: number;
  /** The header of this name, where there is one. */
  readonly retryAfter: string | undefined;
  readonly body: Buffer;
}

export interface Post {
  /** With its query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | Buffer;
}

/**
 * Posts once and reads the whole answer, all within one deadline (ms) from now: connecting, headers and body. A
 * connection that anything went wrong on is closed; redirects are not followed.
 * @throws {DeadlineError} {@link AnswerTooLargeError} and what the connection failed with
 */
export function exchange(via: Dispatcher, post: Post, deadline: number, clock: Clock): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let phase: Phase = "connect";
    let failed: Error | undefined;
    let abort: ((reason: Error) => void) | undefined;
    let status = 0;
    let retryAfter: string | undefined;
    let length = 0;
    let informational = 0;
    const chunks: Buffer[] = [];

    function fail(reason: Error): void {
      if (failed) return;
      callOff();
      failed = reason;
      reject(reason);
      abort?.(reason);
    }
    const callOff = clock.after(deadline, () => fail(new DeadlineError(phase, deadline)));

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        // The deadline passed while it waited for a connection: nobody waits for its answer any more.
        if (failed) {
          controller.abort(failed);
          return;
        }
        phase = "headers";
        abort = (reason) => controller.abort(reason);
      },
      onResponseStart(_controller, statusCode, headers) {
        // Informational answers come before the one that counts.
        if (statusCode < 200) {
          informational += 1;
          if (informational > MOST_INFORMATIONAL) {
            fail(
              new AnswerTooLargeError(`more than ${MOST_INFORMATIONAL} informational answers came before the answer`),
            );
          }
          return;
        }
        phase = "body";
        status = statusCode;
        const asked = headers["retry-after"];
        retryAfter = typeof asked === "string" ? asked : undefined;
      },
      onResponseData(_controller, chunk) {
        length += chunk.length;
        if (length > ANSWER_LIMIT) fail(new AnswerTooLargeError());
        else chunks.push(chunk);
      },
      onResponseEnd() {
        if (failed) return;
        callOff();
        const [first] = chunks;
        resolve({ status, retryAfter, body: chunks.length === 1 && first ? first : Buffer.concat(chunks, length) });
      },
      onResponseError(_controller, error) {
        fail(error);
      },
    };
    try {
      via.dispatch({ method: "POST", ...post }, handler);
    } catch (error) {
      // What cannot be written as a request at all is refused before anything is sent.
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });
}
