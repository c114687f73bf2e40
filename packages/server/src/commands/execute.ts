import type { App, Apps } from "../app-settings.ts";
import type { GroupEvent } from "../group/group-events.ts";
import type { GroupWrites, IdSource, NewCallback, Presence, Store } from "../ports.ts";
import type { Command, Outcome, Refusal } from "./command.ts";
import type { Caller, Context } from "../context.ts";

export type Result<R> = { readonly ok: true; readonly result: R } | { readonly ok: false; readonly refusal: Refusal };

/** Carries out commands: the one way from each door to the groups. */
export interface Executor {
  /**
   * Runs a command in one transaction with the callbacks of what it did. Resolves once that is on disk, after
   * which those concerned are told.
   */
  execute<I, R>(app: App, caller: Caller, command: Command<I, R>, input: I): Promise<Result<R>>;
  readonly apps: Apps;
  readonly store: Store;
  readonly presence: Presence;
  /** ms since 1970 */
  readonly now: () => number;
}

export interface ExecutorPorts {
  readonly apps: Apps;
  readonly store: Store;
  readonly presence: Presence;
  readonly ids: IdSource;
  readonly now: () => number;
  /** The callback that tells of an event, `undefined` where the app has its switch off. */
  readonly callbackFor: (context: Context, event: GroupEvent) => NewCallback | undefined;
  /** Tells the app users concerned; called once the event is on disk. */
  readonly notify: (context: Context, event: GroupEvent) => void;
}

export function createExecutor(ports: ExecutorPorts): Executor {
  const { apps, store, presence, ids, now, callbackFor, notify } = ports;
  return {
    apps,
    store,
    presence,
    now,
    async execute<I, R>(app: App, caller: Caller, command: Command<I, R>, input: I): Promise<Result<R>> {
      const context: Context = { app, caller, now: now(), ids };
      const work = async (tx: GroupWrites): Promise<Done<R>> => {
        const decided = await command(tx, context, input);
        if (!decided.ok) throw new Refused(decided.refusal);
        for (const event of decided.events) {
          const callback = callbackFor(context, event);
          if (callback) await tx.enqueue(callback);
        }
        return decided;
      };
      let outcome: Done<R>;
      try {
        outcome = await store.write(app.sdkAppId, work);
      } catch (error) {
        if (error instanceof Refused) return { ok: false, refusal: error.refusal };
        throw error;
      }
      for (const event of outcome.events) notify(context, event);
      return { ok: true, result: outcome.result };
    },
  };
}

type Done<R> = Extract<Outcome<R>, { readonly ok: true }>;

/** Carries a refusal out of the transaction, so that what the command did before it refused is undone. */
class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.info);
    this.refusal = refusal;
  }
}
