/** For so long after a write was refused nobody is sent to the store who could go elsewhere, in ms. */
const MEMORY = 5_000;

/**
 * Remembers that a store could not be written: reading does not show that its disk is full, and a small write may succeed
 * where another does not. It is forgotten after a while: nothing but more writes can tell whether it is still so.
 */
export interface RefusedWrites {
  refused(reason: Error): void;
  /** Throws why a write was refused, if that was just now. */
  check(): void;
}

export function rememberRefusedWrites(): RefusedWrites {
  let last: { readonly reason: Error; readonly at: number } | undefined;
  return {
    refused(reason) {
      last = { reason, at: performance.now() };
    },
    check() {
      if (last && performance.now() - last.at < MEMORY) throw last.reason;
    },
  };
}
