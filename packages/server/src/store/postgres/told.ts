/** Who hears of what transactions have added. */
export interface Told<T> {
  /** Tells, synchronously and in order, what a commit has added. */
  tell(added: readonly T[]): void;
  /** Calls `listener` after each commit that added anything. */
  onCommitted(listener: (added: readonly T[]) => void): void;
}

export function createTold<T>(): Told<T> {
  const listeners: ((added: readonly T[]) => void)[] = [];
  return {
    tell(added) {
      if (added.length > 0) for (const listener of listeners) listener(added);
    },
    onCommitted: (listener) => {
      listeners.push(listener);
    },
  };
}
