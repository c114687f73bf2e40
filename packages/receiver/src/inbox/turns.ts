/** Lets one task at a time use something that can be used by one alone. */
export interface Turns {
  /** Runs a task when those before it are over; an urgent one goes before all that are not. */
  take<Result>(task: () => Result | Promise<Result>, urgency: "urgent" | "ordinary"): Promise<Result>;
}

export function createTurns(): Turns {
  const urgent: (() => Promise<void>)[] = [];
  const ordinary: (() => Promise<void>)[] = [];
  let busy = false;

  async function next(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let task = urgent.shift() ?? ordinary.shift(); task; task = urgent.shift() ?? ordinary.shift()) await task();
    busy = false;
  }

  return {
    take(task, urgency) {
      return new Promise((resolve, reject) => {
        // In a function of its own, so that what it throws at once rejects, too.
        const run = async () => await task();
        (urgency === "urgent" ? urgent : ordinary).push(() => run().then(resolve, reject));
        void next();
      });
    },
  };
}
