import type { Clock } from "@muster/foundation";

import { lagBehind } from "../follow/follower.ts";
import { createMilestones } from "../follow/milestones.ts";
import type { Journal } from "../journal/journal.ts";
import type { MirrorReader } from "./mirror-reader.ts";
import { waitPatiently } from "./patience.ts";
import type { RunningMirror } from "./start-mirror.ts";

/** How often it is looked how far the tables are while somebody waits for them, in ms. */
const EVERY = 50;

/** A mirror that one of several nodes fills, and all read. */
export interface SharedMirror extends RunningMirror {
  /** It is filled here from now on, or, with `undefined`, no more. */
  fillHere(filling: RunningMirror | undefined): void;
}

/** Reads how far the mirror is from its tables, whoever fills them. */
export function createSharedMirror(
  reader: MirrorReader,
  journal: Pick<Journal, "readEvents" | "lastPosition">,
  clock: Clock,
): SharedMirror {
  const milestones = createMilestones(0);
  let filling: RunningMirror | undefined;
  let position = 0;
  let waiting = 0;
  let callOff = (): void => undefined;

  async function look(): Promise<void> {
    position = await reader.readPosition();
    milestones.arrive(position);
  }

  function lookLater(): void {
    callOff();
    callOff = clock.after(EVERY, () => {
      // Where it cannot be read, whoever reads it hears why.
      void look()
        .catch(() => undefined)
        .then(() => {
          if (waiting > 0) lookLater();
        });
    });
  }

  async function reached(until: number): Promise<void> {
    await look();
    waiting += 1;
    lookLater();
    await milestones.reached(until);
    waiting -= 1;
  }

  return {
    reader,
    fillHere(by) {
      filling = by;
    },
    async isFresh() {
      if (filling) return await filling.isFresh();
      const last = await journal.lastPosition();
      await waitPatiently(reached(last), clock);
      return position >= last;
    },
    trimmed: () => filling?.trimmed(),
    position: () => filling?.position() ?? position,
    async lag() {
      if (filling) return await filling.lag();
      await look();
      return await lagBehind(journal, clock, position);
    },
    reached: (until) => filling?.reached(until) ?? reached(until),
    async stop() {
      callOff();
      milestones.end();
      await reader.close();
    },
  };
}
