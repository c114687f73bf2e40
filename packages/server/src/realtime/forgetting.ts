import type { ConnectionPorts } from "./connection.ts";

/** How long what users were told is kept for devices that are away, in ms: 7 days. */
const KEPT_FOR = 7 * 24 * 3_600_000;
/** How often what is older is looked for, in ms. */
const EVERY = 3_600_000;

/**
 * Forgets what is too old, in small pieces with everything else in between; notes that the apps whose users are here
 * are listened to. Returns how to stop.
 */
export function forgetOldNotices({ notices, sessions, clock, log }: ConnectionPorts): () => void {
  let isStopped = false;
  let cancel = clock.after(EVERY, wake);

  function wake(): void {
    work().catch((error: unknown) => {
      log.error({ err: error }, "old notices could not be forgotten");
    });
    if (!isStopped) cancel = clock.after(EVERY, wake);
  }

  async function work(): Promise<void> {
    for (const sdkAppId of sessions.apps()) await notices.listen(sdkAppId, clock.now());
    const before = clock.now() - KEPT_FOR;
    while (!isStopped && (await notices.forget(before)));
  }

  return () => {
    isStopped = true;
    cancel();
  };
}
