import type { OptPlatform } from "@muster/protocol";

import type { App } from "./app-settings.ts";

/** Who acts. */
export interface Caller {
  readonly userId: string;
  /** Called through the REST API by one of the app's administrators, who may do everything. */
  readonly isAdministrator: boolean;
  readonly clientIp: string;
  readonly platform: OptPlatform;
  /** The trace that what this causes belongs to, where there is one. */
  readonly traceparent?: string | undefined;
}

/** Under what circumstances something is done. */
export interface Context {
  readonly app: App;
  readonly caller: Caller;
  /** ms since 1970 */
  readonly now: number;
  readonly ids: IdSource;
  /** Whom the app, when it was asked, let be added to a group; `undefined` where it was not asked about anybody. */
  readonly admitted: ReadonlySet<string> | undefined;
}

/** Texts that are unique, for ids. */
export interface IdSource {
  /** Upper-case letters and digits, for the generated part of group and topic ids. */
  serial(): string;
  /** The id of a callback. */
  callbackId(): string;
}
