import { useSyncExternalStore } from "react";

/** A value that parts of the page share. */
export interface Store<T> {
  get(): T;
  set(next: T): void;
  /** Calls `listener` after each change; the returned function ends it. */
  subscribe(listener: () => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The store's value, kept up to date. */
export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

/** Resolves once the store's value fits. */
export function whenStore<T>(store: Store<T>, fits: (value: T) => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (fits(store.get())) {
      resolve();
      return;
    }
    const end = store.subscribe(() => {
      if (!fits(store.get())) return;
      end();
      resolve();
    });
  });
}
