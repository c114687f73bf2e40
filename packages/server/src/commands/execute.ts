import type { App, Apps } from "../app-settings.ts";
import type { GroupEvent } from "../group/group-events.ts";
import type { GroupWrites, IdSource, NewCallback, Store } from "../ports.ts";
import type { Command, Refusal } from "./command.ts";
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
}

export interface ExecutorPorts {
  readonly apps: Apps;
  readonly store: Store;
  readonly ids: IdSource;
  readonly now: () => number;
  /** The callback that tells of an event, `undefined` where the app has its switch off. */
  readonly callbackFor: (context: Context, event: GroupEvent) => NewCallback | undefined;
  /** Tells the app users concerned; called once the event is on disk. */
  readonly notify: (context: Context, event: GroupEvent) => void;
}

export function createExecutor(ports: ExecutorPorts): Executor {
  const { apps, store, ids, now, callbackFor, notify } = ports;
  return {
    apps,
    store,
    async execute(app, caller, command, input) {
      const context: Context = { app, caller, now: now(), ids };
      const outcome = await store.write(app.sdkAppId, async (tx: GroupWrites) => {
        const decided = await command(tx, context, input);
        if (!decided.ok) return decided;
        for (const event of decided.events) {
          const callback = callbackFor(context, event);
          if (callback) await tx.enqueue(callback);
        }
        return decided;
      });
      if (!outcome.ok) return outcome;
      for (const event of outcome.events) notify(context, event);
      return { ok: true, result: outcome.result };
    },
  };
}
