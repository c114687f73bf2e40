import { defaultProfile } from "@muster/protocol";

import type { App } from "../../packages/server/src/app-settings.ts";
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
