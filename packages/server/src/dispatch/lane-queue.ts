/** Waiting in line: what came first goes first. Taking one costs the same however many wait. */
export interface LaneQueue<T> {
  readonly size: number;
  /** How many have been taken out of it so far. */
  readonly taken: number;
  add(one: T): void;
  next(): T | undefined;
  /** Takes all that wait out of it. */
  clear(): T[];
}

export function createLaneQueue<T>(): LaneQueue<T> {
  let waiting: T[] = [];
  let first = 0;
  let taken = 0;
  return {
    get size() {
      return waiting.length - first;
    },
    get taken() {
      return taken;
    },
    add(one) {
      waiting.push(one);
    },
    next() {
      if (first === waiting.length) return undefined;
      const one = waiting[first];
      first += 1;
      taken += 1;
      // Those who have gone are let go of in one piece, when they are the greater part.
      if (first > 64 && first * 2 > waiting.length) {
        waiting = waiting.slice(first);
        first = 0;
      }
      return one;
    },
    clear() {
      const rest = waiting.slice(first);
      taken += rest.length;
      waiting = [];
      first = 0;
      return rest;
    },
  };
}
