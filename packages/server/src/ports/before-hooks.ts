import type { App } from "../app-settings.ts";
import type { Context } from "../context.ts";
import type { GroupEvent } from "../group/group-events.ts";

/** What an app said when it was asked. */
export type BeforeVerdict =
  | {
      readonly allowed: true;
      /** Of those who were to be added, the ones whom the app wants; absent where it was not asked about any. */
      readonly admitted?: readonly string[] | undefined;
    }
  | { readonly allowed: false; readonly refusal: { readonly code: number; readonly info: string } };

/** Asking an app before something is done. */
export interface BeforeHooks {
  /** Whether the app has switched on any before-callback. */
  isAsked(app: App): boolean;
  /** Asks about an event that is about to happen. Never throws, and never asks twice. */
  ask(context: Context, event: GroupEvent): Promise<BeforeVerdict>;
}
