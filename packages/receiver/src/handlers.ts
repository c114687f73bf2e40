import { callbackRow, callbackSwitches, isCallbackCommand, type CallbackCommand } from "@muster/protocol";

import type { AfterCommand, BeforeCommand, CallbackEvent } from "./event.ts";
import type { ReceivedCallback } from "./inbox/inbox.ts";
import { ReceiverError } from "./receiver-error.ts";
import { toEvent } from "./tidy.ts";
import type { Verdict } from "./verdict.ts";

/** What a handler is given besides the event. */
export interface HandlerContext<Tx> {
  /** The transaction in which the callback is marked as done: what is written with it is in effect once. */
  readonly tx: Tx;
  /** 1 the first time that this callback is handled, 2 after it failed once … */
  readonly attempt: number;
  /** It came because somebody asked the sender for it once more. */
  readonly replay: boolean;
  /** Aborted when the handler's time is over or the receiver stops: what it does afterwards is undone. */
  readonly signal: AbortSignal;
}

/** Handles a callback; where it throws or rejects, what it wrote is undone and it is tried again. */
export type Handler<C extends CallbackCommand, Tx> = (
  event: CallbackEvent<C>,
  context: HandlerContext<Tx>,
) => void | Promise<void>;

/** Decides about what somebody wants to do. */
export type BeforeHandler<C extends BeforeCommand> = (
  event: CallbackEvent<C>,
  context: { readonly signal: AbortSignal },
) => Verdict | Promise<Verdict>;

/** How long a before-handler may think, and what holds where it does not come to a verdict. */
export interface BeforeOptions {
  /** In ms, 1,900 at most: the sender waits for 2 s. By default 1,500. */
  readonly deadline?: number | undefined;
  /** What is answered when the deadline passes or the handler throws; by default "allow", as where nobody is asked. */
  readonly onTimeout?: "allow" | "refuse" | undefined;
}

/** A handler that any callback of its command can be handed to. */
type RunHandler<Tx> = (callback: ReceivedCallback, late: boolean, context: HandlerContext<Tx>) => void | Promise<void>;

/** A before-handler likewise. */
export interface Decider extends Required<{
  readonly [Name in keyof BeforeOptions]: NonNullable<BeforeOptions[Name]>;
}> {
  readonly decide: (callback: ReceivedCallback, signal: AbortSignal) => Verdict | Promise<Verdict>;
}

const LONGEST_DEADLINE = 1_900;
const USUAL_DEADLINE = 1_500;

/** Which callback is handled by what. */
export interface Handlers<Tx> {
  on<C extends AfterCommand>(command: C, handler: Handler<C, Tx>): void;
  before<C extends BeforeCommand>(command: C, handler: BeforeHandler<C>, options: BeforeOptions): void;
  fallback(handler: Handler<AfterCommand, Tx>): void;
  /** No handler can be added any more. @throws {ReceiverError} `STARTED_ALREADY`, `FALLBACK_MISSING` */
  close(): void;
  /** Handlers can be added again. */
  reopen(): void;
  /** The switches that the handlers need. */
  switches(): readonly CallbackCommand[];
  handlerOf(command: string): RunHandler<Tx> | undefined;
  deciderOf(command: string): Decider | undefined;
}

/** An empty register of handlers. */
export function createHandlers<Tx>(): Handlers<Tx> {
  const handlers = new Map<string, RunHandler<Tx>>();
  const deciders = new Map<string, Decider>();
  let rest: RunHandler<Tx> | undefined;
  let closed = false;

  /** @throws {ReceiverError} where a command cannot have another handler */
  function check(command: string, kind: "before" | "after"): void {
    if (closed) throw new ReceiverError("STARTED_ALREADY", "Add handlers before start(): some have missed callbacks.");
    if (!isCallbackCommand(command) || callbackRow(command).kind !== kind) {
      const method = kind === "before" ? "before()" : "on()";
      throw new ReceiverError("COMMAND_UNKNOWN", `${method} takes the ${kind}-callbacks of groups, not "${command}".`);
    }
    if (handlers.has(command) || deciders.has(command)) {
      throw new ReceiverError(
        "HANDLER_TWICE",
        `${command} has a handler: do both in one, so that both are done or none.`,
      );
    }
  }

  return {
    on(command, handler) {
      check(command, "after");
      handlers.set(command, (callback, late, context) => handler(toEvent(command, callback, late), context));
    },
    before(command, handler, { deadline = USUAL_DEADLINE, onTimeout = "allow" }) {
      check(command, "before");
      if (!(deadline > 0 && deadline <= LONGEST_DEADLINE)) {
        const allowed = `more than 0 and at most ${LONGEST_DEADLINE} ms, for the sender waits for 2 s`;
        throw new ReceiverError("OPTIONS_INVALID", `The deadline of ${command} must be ${allowed}, not ${deadline}.`);
      }
      deciders.set(command, {
        deadline,
        onTimeout,
        decide: (callback, signal) => handler(toEvent(command, callback, false), { signal }),
      });
    },
    fallback(handler) {
      if (closed) throw new ReceiverError("STARTED_ALREADY", "Set the fallback before start().");
      if (rest) throw new ReceiverError("HANDLER_TWICE", "There is a fallback already.");
      rest = (callback, late, context) => {
        if (!isAfterCommand(callback.command)) return undefined;
        return handler(toEvent<AfterCommand>(callback.command, callback, late), context);
      };
    },
    close() {
      if (closed) throw new ReceiverError("STARTED_ALREADY", "The receiver was started already.");
      if (!rest) {
        throw new ReceiverError(
          "FALLBACK_MISSING",
          "Say with fallback() what is done with callbacks without a handler.",
        );
      }
      closed = true;
    },
    reopen() {
      closed = false;
    },
    switches() {
      const needed = new Set(
        [...handlers.keys(), ...deciders.keys()]
          .filter(isCallbackCommand)
          .map((command) => callbackRow(command).switch),
      );
      return callbackSwitches.filter((name) => needed.has(name));
    },
    handlerOf: (command) => handlers.get(command) ?? rest,
    deciderOf: (command) => deciders.get(command),
  };
}

function isAfterCommand(command: string): command is AfterCommand {
  return isCallbackCommand(command) && callbackRow(command).kind === "after";
}
