import type { CallbackCommand, Profile } from "@muster/protocol";

import type { Quantities } from "./group/quantities.ts";

/** One app: a customer of the server, with its own users, groups and callbacks. */
export interface App {
  readonly sdkAppId: number;
  readonly name: string;
  /** Keys that UserSigs may be signed with; more than one while a new one takes over. */
  readonly secretKeys: readonly string[];
  /** Accounts that may call the REST API. */
  readonly administrators: ReadonlySet<string>;
  readonly features: { readonly community: boolean; readonly topic: boolean };
  /** The keys that groups of this app may have custom fields for. */
  readonly groupCustomFields: ReadonlySet<string>;
  /** The keys that members of its groups may have custom fields for. */
  readonly memberCustomFields: ReadonlySet<string>;
  readonly profile: Profile;
  readonly quantities: Quantities;
  /** How often each command of the REST API may be called in a second; as often as it comes where it is absent. */
  readonly rates: "documented" | number | undefined;
  /** Where callbacks go; absent where the app has none. */
  readonly callback: CallbackSettings | undefined;
}

/** Where callbacks are posted to, and how. */
export interface Destination {
  readonly url: string;
  /** With it `Sign`, `RequestTime` and `webhook-signature` are sent. */
  readonly token: string | undefined;
  /** Tokens that the current one is taking over from: `webhook-signature` carries theirs too, `Sign` does not. */
  readonly previousTokens: readonly string[];
  /** Whether the URL may lead to loopback and private addresses. */
  readonly allowPrivateNetwork: boolean;
}

export interface CallbackSettings extends Destination {
  /** What happens when a before-callback gets no answer within 2 s: `allow` goes on, as Tencent does by default. */
  readonly beforeTimeout: "allow" | "refuse";
  readonly retry: RetryMode;
  /** Most attempts at a time. */
  readonly concurrency: number;
  /** Most attempts a second, as many as there are where it is absent. */
  readonly rate: number | undefined;
  /** The callbacks that are sent: those whose switch is on. */
  readonly enabled: ReadonlySet<CallbackCommand>;
}

/**
 * When a callback that could not be delivered is tried again: by the schedule that Standard Webhooks recommends,
 * after timeouts only, never, or after delays of one's own in seconds.
 */
export type RetryMode = "standard" | "tencent" | "none" | readonly number[];

/**
 * The apps that there are. They change while the server runs, and an overlap of secrets ends: ask again each time,
 * and keep no app for longer than it takes to answer.
 */
export interface Apps {
  get(sdkAppId: number): App | undefined;
  all(): Iterable<App>;
}
