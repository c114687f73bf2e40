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

/** PEM texts: who is believed when a callback URL's server shows its certificate, and who the sender says it is. */
export interface CallbackTls {
  /** Certificates of authorities: these alone are believed, instead of the public ones. */
  readonly ca?: string | undefined;
  /** The certificate that is shown where the server asks for one, with those that lead to its authority. */
  readonly cert?: string | undefined;
  /** The certificate's private key. */
  readonly key?: string | undefined;
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
  /** Networks that it may lead to beside, as CIDR: `10.1.0.0/16`. */
  readonly allowNetworks: readonly string[];
  /** Who is believed and who is shown over HTTPS, where that is not what is usual. */
  readonly tls: CallbackTls | undefined;
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
  /** Whether the app leaves for another cell, or has left: nothing is done for it here. */
  isClosed(sdkAppId: number): boolean;
}
