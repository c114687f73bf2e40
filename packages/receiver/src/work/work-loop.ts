import type { WorkInbox, WorkStep } from "../inbox/work-inbox.ts";

/**
 * Works through an inbox: so many lanes at once, and sleeps while none is due.
 *
 * Each worker makes one step after the other until it finds no lane due; then it is gone. A worker that finds one calls
 * another, up to `concurrency`, so there are as many as there is work for. Arrivals and the timer call the first one.
 */
export interface WorkLoop {
  start(): void;
  /** Something came in. */
  wake(): void;
  /** Begins nothing more; resolves when what is under way is over. */
  stop(): Promise<void>;
}

export interface WorkLoopPorts<Tx> {
  readonly inbox: WorkInbox<Tx>;
  readonly step: WorkStep<Tx>;
  /** Most lanes that are worked on at once. */
  readonly concurrency: number;
  /** How often to look, in ms, though nothing came in here: others may share the inbox. */
  readonly poll: number;
  /** Callbacks are forgotten so long after they came, in ms. */
  readonly retention: number;
  readonly now: () => number;
  readonly after: (delay: number, wake: () => void) => () => void;
  readonly onError: (error: unknown) => void;
}

/** How often what is old is forgotten, in ms. */
const FORGET_EVERY = 60 * 60_000;

export function createWorkLoop<Tx>(ports: WorkLoopPorts<Tx>): WorkLoop {
  const { inbox, step, concurrency, poll, retention, now, after, onError } = ports;
  let running = 0;
  let stopped = true;
  /** Something came in since a worker last looked. */
  let arrived = false;
  let forgetAt = 0;
  let cancelTimer = (): void => {};
  /** Those who wait for the end: somebody may stop it more than once. */
  let waiting: (() => void)[] = [];

  function call(): void {
    if (stopped || running >= concurrency) return;
    running += 1;
    void work();
  }

  async function work(): Promise<void> {
    let sleep = poll;
    try {
      do {
        arrived = false;
        while (!stopped && (await inbox.work(now(), callAnother))) arrived = false;
      } while (arrived && !stopped);
      if (!stopped) sleep = await untilDue();
    } catch (error) {
      onError(error);
    }
    running -= 1;
    if (stopped) {
      tellIdle();
    } else if (arrived) {
      call();
    } else {
      cancelTimer();
      cancelTimer = after(sleep, call);
    }
  }

  function tellIdle(): void {
    if (running > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  }

  const callAnother: WorkStep<Tx> = (lane, runEffect) => {
    call();
    return step(lane, runEffect);
  };

  async function untilDue(): Promise<number> {
    const time = now();
    if (time >= forgetAt) {
      forgetAt = time + FORGET_EVERY;
      await inbox.forget(time - retention);
    }
    const due = await inbox.nextDue(time);
    return Math.min(poll, due === undefined ? poll : Math.max(due - time, 0));
  }

  return {
    start() {
      stopped = false;
      call();
    },
    wake() {
      arrived = true;
      call();
    },
    stop() {
      stopped = true;
      cancelTimer();
      return new Promise((resolve) => {
        waiting.push(resolve);
        tellIdle();
      });
    },
  };
}
