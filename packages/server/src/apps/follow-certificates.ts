import { watchFiles, type Logger } from "@muster/foundation";

import type { AppSettings } from "../config.ts";
import type { AppRegistry } from "./app-registry.ts";

/** The files that apps' certificates come from, and their configuration as those files make it now. */
export interface Certificates {
  readonly files: readonly string[];
  /** @throws where something is wrong with it */
  readonly read: () => readonly AppSettings[];
}

/**
 * Puts renewed certificates to use as soon as their files change. What is half written, or does not fit together, is
 * left alone: the old ones stay in use until the files change again. Returns how to stop.
 */
export function followCertificates(
  { files, read }: Certificates,
  apps: Pick<AppRegistry, "renew">,
  log: Logger,
): () => void {
  const fail = (error: unknown): void =>
    log.error({ err: error }, "changed certificates of callbacks cannot be used: the old ones stay");
  return watchFiles(files, () => {
    try {
      apps.renew(read()).catch(fail);
    } catch (error) {
      fail(error);
    }
  });
}
