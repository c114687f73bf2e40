import type { Clock } from "@muster/foundation";

import type { Answered, BegunAnswer } from "./answer-reader.ts";

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

/** An answer began, and did not become whole: the cause says why. */
export class UnfinishedAnswerError extends Error {
  override readonly name = "UnfinishedAnswerError";
  readonly begun: BegunAnswer;
  override readonly cause: Error;

  constructor(begun: BegunAnswer, cause: Error) {
    super(cause.message);
    this.begun = begun;
    this.cause = cause;
  }
}

/** A request on its way, seen from the connection that it goes over. */
export interface Exchange {
  /** Head and body, as they are written. */
  readonly request: Buffer;
  /** Nobody waits for the answer any more. */
  readonly isOver: boolean;
  /** It is under way for the second time: the endpoint gave the first connection up. */
  isAgain: boolean;
  /** It goes over this connection from now on, and has come so far. */
  over(connection: Carrier): void;
  succeed(answer: Answered): void;
  /** @param begun what has come of the answer */
  fail(reason: Error, begun?: BegunAnswer): void;
}

/** A connection that carries an exchange. */
export interface Carrier {
  /** What has come of the answer, once its head is there. */
  begun(): BegunAnswer | undefined;
  /** Ends it: nothing more that comes over it counts. */
  destroy(): void;
}

/**
 * Posts once and reads the whole answer, all within one deadline (ms) from now: connecting, headers and body. A
 * connection that anything went wrong on is closed.
 * @param request head and body
 * @throws {UnfinishedAnswerError} {@link DeadlineError} and what the connection failed with
 */
export function exchange(
  via: { send(exchange: Exchange): void },
  request: Buffer,
  deadline: number,
  clock: Clock,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    let carrier: Carrier | undefined;
    const endLate = (): void => {
      if (one.isOver) return;
      const late = carrier;
      const begun = late?.begun();
      one.fail(new DeadlineError(late ? (begun ? "body" : "headers") : "connect", deadline), begun);
      late?.destroy();
    };
    // Behind what has come by now: a process that was busy until then has not read it yet.
    const callOff = clock.after(deadline, () => void setImmediate(endLate));
    const one = {
      request,
      // A property, for an object whose getter is its own is kept until the whole heap is collected.
      isOver: false,
      isAgain: false,
      over(connection: Carrier) {
        carrier = connection;
      },
      succeed(answer: Answered) {
        if (one.isOver) return;
        one.isOver = true;
        callOff();
        resolve(answer);
      },
      fail(reason: Error, begun?: BegunAnswer) {
        if (one.isOver) return;
        one.isOver = true;
        callOff();
        reject(begun ? new UnfinishedAnswerError(begun, reason) : reason);
      },
    };
    via.send(one);
  });
}
