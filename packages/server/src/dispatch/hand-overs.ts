import type { Lane } from "./lanes.ts";

/** Waiting until lanes that are another node's from now on have left memory. */
export interface HandOvers {
  readonly areUnderWay: boolean;
  /** Resolves when the lanes have left. */
  begin(lanes: Iterable<Lane>): Promise<void>;
  left(lane: Lane): void;
}

export function createHandOvers(): HandOvers {
  const waiting = new Map<Set<Lane>, () => void>();
  return {
    get areUnderWay() {
      return waiting.size > 0;
    },
    begin(lanes) {
      const leaving = new Set(lanes);
      if (leaving.size === 0) return Promise.resolve();
      return new Promise((resolve) => waiting.set(leaving, resolve));
    },
    left(lane) {
      for (const [leaving, resolve] of waiting) {
        if (!leaving.delete(lane) || leaving.size > 0) continue;
        waiting.delete(leaving);
        resolve();
      }
    },
  };
}
