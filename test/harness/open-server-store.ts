import { createLog, systemClock } from "@muster/foundation";
import { onTestFinished } from "vitest";

import { openStore } from "../../packages/server/src/store/open-store.ts";
import type { OpenStore } from "../../packages/server/src/store/opened-store.ts";
import { temporaryFolder } from "./folder.ts";
import { storeIn } from "./store.ts";

/** Opens a server's store of the kind that tests are run on; it is closed when the test is over, or before. */
export async function openServerStore(folder: string = temporaryFolder()): Promise<OpenStore> {
  const opened = await openStore(await storeIn(folder, "server"), {
    clock: systemClock,
    log: createLog("server", "silent"),
  });
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= opened.close());
  onTestFinished(close);
  return { ...opened, close };
}
