import type { Clock, Logger } from "@muster/foundation";

import type { OtherNodes } from "../other-nodes.ts";
import type { AppRegistry } from "./app-registry.ts";

/** How often changes that nobody told of are looked for, in ms. */
const EVERY = 2_000;

export interface FollowPorts {
  readonly apps: Pick<AppRegistry, "refresh">;
  readonly others: OtherNodes;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Takes over, soon after, what other nodes change of apps. Returns how to stop, which waits for what is under way. */
export function followAppChanges({ apps, others, clock, log }: FollowPorts): () => Promise<void> {
  let stopped = false;
  let looking: Promise<void> = Promise.resolve();
  let callOff = clock.after(EVERY, wake);
  others.onTold("apps", wake);

  function wake(): void {
    callOff();
    looking = looking.then(look);
  }

  async function look(): Promise<void> {
    if (stopped) return;
    try {
      await apps.refresh();
    } catch (error) {
      log.warn({ err: error }, "what other nodes changed of apps cannot be read; trying again");
    }
    callOff();
    if (!stopped) callOff = clock.after(EVERY, wake);
  }

  return async () => {
    stopped = true;
    callOff();
    await looking;
  };
}
