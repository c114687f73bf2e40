import type { CommitListener } from "@muster/foundation";

/** What a transaction adds, to be told of once it is on disk. */
export interface Staged<T> extends CommitListener {
  add(one: T): void;
  /** Calls `listener` after each commit, synchronously, with what it added, in order. */
  onCommitted(listener: (added: readonly T[]) => void): void;
}

export function createStaged<T>(): Staged<T> {
  const listeners: ((added: readonly T[]) => void)[] = [];
  // What the running transaction has added, and how much of that is past a savepoint.
  let added: T[] = [];
  let kept = 0;
  function take(): T[] {
    const whole = added;
    added = [];
    kept = 0;
    return whole;
  }
  return {
    add: (one) => {
      added.push(one);
    },
    onCommitted: (listener) => {
      listeners.push(listener);
    },
    done: () => {
      kept = added.length;
    },
    undone: () => {
      added.length = kept;
    },
    committed: () => {
      const whole = take();
      if (whole.length > 0) for (const listener of listeners) listener(whole);
    },
    lost: () => {
      take();
    },
  };
}
