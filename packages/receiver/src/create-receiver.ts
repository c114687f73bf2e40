import { explain } from "@muster/protocol";
import * as z from "zod/mini";

import { accepted, type Answer } from "./answer.ts";
import type { ReceivedApp } from "./apps.ts";
import { byTimer } from "./by-timer.ts";
import { createDeadLetters, type DeadLetters } from "./dead-letters.ts";
import type { AfterCommand, BeforeCommand } from "./event.ts";
import { createHandlers, type BeforeHandler, type BeforeOptions, type Handler } from "./handlers.ts";
import type { Inbox, ReceivedCallback } from "./inbox/inbox.ts";
import { isWorkInbox, type WorkInbox } from "./inbox/work-inbox.ts";
import { createReceive } from "./receive.ts";
import { ReceiverError } from "./receiver-error.ts";
import type { CallbackRequest } from "./request.ts";
import { withLimit, type After, type Limited } from "./time-limit.ts";
import { allow, refuse, verdictAnswer } from "./verdict.ts";
import { tell, type Observers } from "./work/observers.ts";
import { usualRetries, type Retries } from "./work/retries.ts";
import { createWorkLoop, type WorkLoop } from "./work/work-loop.ts";
import { createWorkStep } from "./work/work-step.ts";

/** What a receiver is made of. All times are in ms. */
export interface ReceiverOptions<Tx = unknown> extends Observers {
  readonly apps: readonly ReceivedApp[];
  /** Where callbacks are kept before they are answered OK; one that can work also gives them to handlers. */
  readonly inbox: Inbox | WorkInbox<Tx>;
  /** Most groups that are worked on at once; by default 8. */
  readonly concurrency?: number | undefined;
  /** Longest that a callback waits for one before it that is missing; by default 5,000. */
  readonly gapWait?: number | undefined;
  /** Longest that a handler may take; then what it wrote is undone and it is tried again. By default 30,000. */
  readonly handlerTimeout?: number | undefined;
  /** When a handler that failed is tried again; by default 12 times over about an hour. */
  readonly retries?: Partial<Retries> | undefined;
  /** How often to look for work that another process has kept; by default 1,000. */
  readonly poll?: number | undefined;
  /** How long a callback is known after it came, so that it is handled once; by default 30 days. */
  readonly retention?: number | undefined;
  /** Milliseconds since 1970; by default the machine's clock. */
  readonly now?: (() => number) | undefined;
  /** Calls a function later and returns how to call that off; by default the machine's timers. */
  readonly after?: After | undefined;
  /** A number from 0 up to 1, for the jitter of retries. */
  readonly random?: (() => number) | undefined;
}

/** The receiving side of the callbacks. */
export interface Receiver<Tx = unknown> extends DeadLetters {
  /** Answers one request. Never rejects. */
  handle(request: CallbackRequest): Promise<Answer>;
  /**
   * Handles the callbacks of a command: each once in effect, in order per group.
   * @throws {ReceiverError} `HANDLER_TWICE`, `STARTED_ALREADY`, `COMMAND_UNKNOWN`
   */
  on<C extends AfterCommand>(command: C, handler: Handler<C, Tx>): this;
  /**
   * Answers the callbacks that ask. They are answered and not kept.
   * @throws {ReceiverError} `HANDLER_TWICE`, `STARTED_ALREADY`, `COMMAND_UNKNOWN`, `OPTIONS_INVALID`
   */
  before<C extends BeforeCommand>(command: C, handler: BeforeHandler<C>, options?: BeforeOptions): this;
  /**
   * Handles the callbacks that no `on` takes: a shared switch may turn on more than was asked for.
   * @throws {ReceiverError} `HANDLER_TWICE`, `STARTED_ALREADY`
   */
  fallback(handler: Handler<AfterCommand, Tx>): this;
  /** The switches that the sender needs for the handlers; some callbacks have another's. */
  commands(): readonly string[];
  /**
   * Makes the inbox's tables where they are missing and begins to hand out what it holds.
   * @throws {ReceiverError} `FALLBACK_MISSING`, `INBOX_ONLY_KEEPS`, `STARTED_ALREADY`
   * @throws what the inbox throws; start() may be called again then
   */
  start(): Promise<void>;
  /**
   * Hands out nothing more and waits for the handlers under way, at most so many ms (by default 10,000). Then their
   * signals are aborted and what they wrote is undone: they are called again after the next start.
   */
  stop(limit?: number): Promise<void>;
}

const ms = z.optional(z.number().check(z.positive()));
const options = z.object({
  concurrency: z.optional(z.int().check(z.positive())),
  gapWait: z.optional(z.number().check(z.nonnegative())),
  handlerTimeout: ms,
  poll: ms,
  retention: ms,
  retries: z.optional(
    z.object({ attempts: z.optional(z.int().check(z.positive())), firstDelay: ms, longestDelay: ms }),
  ),
});

const DAY = 24 * 60 * 60_000;

/**
 * A receiver: what it answers OK was verified and is in the inbox, and is handed to its handler once in effect, in
 * order per group.
 *
 * `Sign` proves that the sender has the token, but covers neither query nor body: use HTTPS.
 * @throws {ReceiverError} `OPTIONS_INVALID`
 * @see https://www.tencentcloud.com/document/product/1047/34354
 * @example
 * ```ts
 * const receiver = createReceiver({ apps: [{ sdkAppId: 1400000001, tokens: [token] }], inbox })
 *   .on("Group.CallbackAfterGroupDestroyed", ({ groupId }, { tx }) => {
 *     tx.prepare("DELETE FROM rooms WHERE group_id = ?").run(groupId);
 *   })
 *   .fallback(() => {});
 * await receiver.start();
 * const { status, headers, body } = await receiver.handle({ method, url, headers, body });
 * ```
 */
export function createReceiver<Tx>(given: ReceiverOptions<Tx>): Receiver<Tx> {
  const { error: invalid } = z.safeParse(options, given, { reportInput: true });
  if (invalid) {
    const problems = explain(invalid).join("; ");
    throw new ReceiverError("OPTIONS_INVALID", `The receiver's options cannot be used: ${problems}.`);
  }
  const { apps, inbox, now = Date.now, after = byTimer, random = Math.random } = given;
  const { concurrency = 8, gapWait = 5_000, handlerTimeout = 30_000, poll = 1_000, retention = 30 * DAY } = given;
  const handlers = createHandlers<Tx>();
  const underWay = new Set<Limited>();
  /** Handlers that are still under way are cut off. */
  let stopping = false;
  /** Somebody has called `stop()` since `start()` was. */
  let isStopped = false;
  let loop: WorkLoop | undefined;

  const receive = createReceive({
    apps,
    now,
    async keep(callback) {
      await inbox.keep(callback);
      loop?.wake();
    },
    decide,
  });

  async function decide(callback: ReceivedCallback): Promise<Answer | undefined> {
    const decider = handlers.deciderOf(callback.command);
    // Whoever does nothing but keep, keeps what nobody is to answer, too.
    if (!decider) return isWorkInbox(inbox) ? accepted() : undefined;
    try {
      return verdictAnswer(await withLimit(({ signal }) => decider.decide(callback, signal), decider.deadline, after));
    } catch (error) {
      tell(given, () => given.onError?.(error));
      return verdictAnswer(decider.onTimeout === "allow" ? allow() : refuse());
    }
  }

  async function run(callback: ReceivedCallback, late: boolean, attempt: number, tx: Tx): Promise<void> {
    await withLimit(
      async (limited) => {
        underWay.add(limited);
        try {
          const { signal } = limited;
          await handlers.handlerOf(callback.command)?.(callback, late, {
            tx,
            attempt,
            replay: callback.replay,
            signal,
          });
        } finally {
          underWay.delete(limited);
        }
      },
      handlerTimeout,
      after,
    );
  }

  const receiver: Receiver<Tx> = {
    ...createDeadLetters(inbox, () => loop?.wake()),
    handle: receive,
    on(command, handler) {
      handlers.on(command, handler);
      return receiver;
    },
    before(command, handler, beforeOptions = {}) {
      handlers.before(command, handler, beforeOptions);
      return receiver;
    },
    fallback(handler) {
      handlers.fallback(handler);
      return receiver;
    },
    commands: () => handlers.switches(),
    async start() {
      if (!isWorkInbox(inbox)) {
        throw new ReceiverError(
          "INBOX_ONLY_KEEPS",
          "This inbox only keeps callbacks: start() needs one that can work.",
        );
      }
      handlers.close();
      isStopped = false;
      try {
        await inbox.open();
      } catch (error) {
        // The database may be there later: then start() is called again.
        handlers.reopen();
        throw error;
      }
      // Whoever has waited for stop() may have closed the database by now.
      if (isStopped) return;
      const step = createWorkStep<Tx>({
        handle: run,
        isOver: () => stopping,
        observers: given,
        retries: { ...usualRetries, ...given.retries },
        gapWait,
        now,
        random,
      });
      const onError = (error: unknown): void => {
        if (!stopping) tell(given, () => given.onError?.(error));
      };
      loop = createWorkLoop({ inbox, step, concurrency, poll, retention, now, after, onError });
      loop.start();
    },
    async stop(limit = 10_000) {
      isStopped = true;
      const ended = loop?.stop();
      const cancel = after(limit, () => {
        stopping = true;
        for (const limited of underWay) limited.end("The receiver stops.");
      });
      await ended;
      cancel();
    },
  };
  return receiver;
}
