import { callbackCommands, defaultProfile } from "@muster/protocol";

import type { App, CallbackSettings } from "../../packages/server/src/app-settings.ts";
import { defaultQuantities } from "../../packages/server/src/group/quantities.ts";

/** An app as the server sees it, with everything that is usual and no callbacks. */
export const demoApp: App = {
  sdkAppId: 1400000001,
  name: "demo",
  secretKeys: ["key"],
  administrators: new Set(["administrator"]),
  features: { community: true, topic: true },
  groupCustomFields: new Set(["UserDefined1", "UserDefined2"]),
  memberCustomFields: new Set(["Level"]),
  profile: defaultProfile,
  quantities: defaultQuantities,
  rates: undefined,
  callback: undefined,
};

/** Callback settings with everything that is usual and every switch on. */
export function demoCallback(url: string): CallbackSettings {
  return {
    url,
    token: undefined,
    previousTokens: [],
    allowPrivateNetwork: true,
    allowNetworks: [],
    tls: undefined,
    beforeTimeout: "allow",
    retry: "standard",
    concurrency: 64,
    rate: undefined,
    enabled: new Set(callbackCommands),
  };
}
