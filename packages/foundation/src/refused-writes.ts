/** For so long after a write was refused nobody is sent to the store who could go elsewhere, in ms. */
const MEMORY = 10_000;

/**
 * Remembers that a store could not be written: reading does not show that its disk is full. It is forgotten with the next
 * write that succeeds, or after a while: nothing but another write can tell whether it is still so.
 */
export interface RefusedWrites {
  refused(reason: Error): void;
  succeeded(): void;
  /** Throws why the last write was refused, if that was just now. */
  check(): void;
}

export function rememberRefusedWrites(): RefusedWrites {
  let last: { readonly reason: Error; readonly at: number } | undefined;
  return {
    refused(reason) {
      last = { reason, at: performance.now() };
    },
    succeeded() {
      last = undefined;
    },
    check() {
      if (last && performance.now() - last.at < MEMORY) throw last.reason;
    },
  };
}
