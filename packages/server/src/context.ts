import type { OptPlatform } from "@muster/protocol";

import type { App } from "./app-settings.ts";
import type { IdSource } from "./ports.ts";

/** Who acts. */
export interface Caller {
  readonly userId: string;
  /** Called through the REST API by one of the app's administrators, who may do everything. */
  readonly isAdministrator: boolean;
  readonly clientIp: string;
  readonly platform: OptPlatform;
}

/** Under what circumstances something is done. */
export interface Context {
  readonly app: App;
  readonly caller: Caller;
  /** ms since 1970 */
  readonly now: number;
  readonly ids: IdSource;
}
