import type { App, Apps } from "../app-settings.ts";
import type { Caller, Context, IdSource } from "../context.ts";
import type { GroupEvent } from "../group/group-events.ts";
import type { BeforeHooks } from "../ports/before-hooks.ts";
import type { NewCallback } from "../ports/outbox.ts";
import type { Presence } from "../ports/presence.ts";
import type { GroupWrites, Store } from "../ports/store.ts";
import type { Tracing } from "../tracing.ts";
import type { Command, Outcome, Refusal } from "./command.ts";
import { servedApp, unlessMoving } from "./served-app.ts";

export type Result<R> = { readonly ok: true; readonly result: R } | { readonly ok: false; readonly refusal: Refusal };

/** Carries out commands: the one way from each door to the groups. */
export interface Executor {
  /**
   * Runs a command in one transaction with the callbacks and notices of what it did. Resolves once that is on disk,
   * after which those concerned are told. An app that wants to be asked is asked before, outside any transaction.
   */
  execute<I, R>(app: App, caller: Caller, command: Command<I, R>, input: I): Promise<Result<R>>;
  readonly apps: Apps;
  readonly store: Store;
  readonly presence: Presence;
  readonly tracing: Tracing;
  /** ms since 1970 */
  readonly now: () => number;
}

export interface ExecutorPorts {
  readonly apps: Apps;
  readonly store: Store;
  readonly presence: Presence;
  readonly ids: IdSource;
  readonly now: () => number;
  readonly before: BeforeHooks;
  readonly tracing: Tracing;
  /** The callback that tells of an event, `undefined` where the app has its switch off. */
  readonly callbackFor: (context: Context, event: GroupEvent) => NewCallback | undefined;
  /** Keeps what the app users concerned are told of an event, in the same transaction. */
  readonly tell: (tx: GroupWrites, context: Context, event: GroupEvent) => Promise<void>;
}

export function createExecutor(ports: ExecutorPorts): Executor {
  const { apps, store, presence, ids, now, before, tracing, callbackFor, tell } = ports;

  /** Runs a command in a transaction; `keep` says what is left of it. */
  async function run<I, R>(
    context: Context,
    command: Command<I, R>,
    input: I,
    keep: "everything" | "nothing",
  ): Promise<Outcome<R>> {
    const attempt = async (tx: GroupWrites): Promise<Outcome<R>> => {
      // As it is now: what came into the outbox of an app that has just lost its URL would stay there.
      const served = servedApp(apps, context.app.sdkAppId);
      if (!served.ok) throw new Undo(served);
      const current = { ...context, app: served.app };
      const decided = await command(tx, current, input);
      if (!decided.ok || keep === "nothing") throw new Undo(decided);
      for (const event of decided.events) {
        const callback = callbackFor(current, event);
        if (callback) await tx.enqueue(callback);
        await tell(tx, current, event);
      }
      return decided;
    };
    try {
      const write = (): Promise<Outcome<R>> => store.write(context.app.sdkAppId, attempt, command);
      return await unlessMoving(context.app.sdkAppId, write);
    } catch (error) {
      if (error instanceof Undo) return error.outcome as Outcome<R>;
      throw error;
    }
  }

  /** Runs a command for good. What it tells of belongs to the span of its commit. */
  async function commit<I, R>(context: Context, command: Command<I, R>, input: I): Promise<Outcome<R>> {
    const { caller } = context;
    const span = tracing.begin("commit", "internal", caller.traceparent);
    const facts = { "muster.sdk_app_id": context.app.sdkAppId };
    try {
      const within = { ...context, caller: { ...caller, traceparent: span.traceparent } };
      const outcome = await run(within, command, input, "everything");
      span.end(() => ({ facts }));
      return outcome;
    } catch (error) {
      span.end(() => ({ facts, failure: "failed" }));
      throw error;
    }
  }

  /**
   * Asks the app about what a command would do: it is tried, undone, and its events are the questions. So the app
   * is asked about nothing that the rules refuse anyway. Between the trial and the real run anything may happen,
   * hence the real run checks the rules again.
   */
  async function ask<I, R>(context: Context, command: Command<I, R>, input: I): Promise<Result<Context["admitted"]>> {
    const tried = await run(context, command, input, "nothing");
    if (!tried.ok) return tried;
    let admitted: Context["admitted"];
    for (const event of tried.events) {
      const verdict = await before.ask(context, event);
      if (!verdict.allowed) return { ok: false, refusal: verdict.refusal };
      if (verdict.admitted) admitted = new Set(verdict.admitted);
    }
    return { ok: true, result: admitted };
  }

  return {
    apps,
    store,
    presence,
    tracing,
    now,
    async execute<I, R>(app: App, caller: Caller, command: Command<I, R>, input: I): Promise<Result<R>> {
      let context: Context = { app, caller, now: now(), ids, admitted: undefined };
      if (before.isAsked(app)) {
        const asked = await ask(context, command, input);
        if (!asked.ok) return asked;
        context = { ...context, now: now(), admitted: asked.result };
      }
      const outcome = await commit(context, command, input);
      return outcome.ok ? { ok: true, result: outcome.result } : outcome;
    },
  };
}

/** Carries an outcome out of a transaction of which nothing is to be left: a refusal undoes what came before it. */
class Undo extends Error {
  readonly outcome: Outcome<unknown>;

  constructor(outcome: Outcome<unknown>) {
    super("undone");
    this.outcome = outcome;
  }
}
