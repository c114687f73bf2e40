import type { Clock } from "@muster/foundation";

/** How long somebody waits at most for the tables to tell of everything, in ms. */
const PATIENCE = 5_000;

/** Waits for something, but not for too long. */
export async function waitPatiently(forIt: Promise<void>, clock: Clock): Promise<void> {
  let cancel = (): void => {};
  const late = new Promise<void>((resolve) => (cancel = clock.after(PATIENCE, resolve)));
  await Promise.race([forIt, late]);
  cancel();
}
