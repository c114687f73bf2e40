import type { ReceivedCallback } from "../inbox/inbox.ts";

/** Callbacks that did not come. */
export interface Gap {
  readonly sdkAppId: number;
  readonly groupId: string | undefined;
  /** The first and the last `muster-sequence` that is missing. */
  readonly missing: readonly [from: number, to: number];
}

/** A callback that no handler could take. */
export interface DeadLetter {
  readonly callback: ReceivedCallback;
  /** What the handler failed with last. */
  readonly error: unknown;
  /** How often it was tried. */
  readonly attempts: number;
}

/**
 * Who is told what becomes of callbacks, besides their handlers. Each is called before the fact is committed: after a
 * crash in between it is called again, which is the failure to choose; the other one would be a gap that nobody heard
 * of. What they throw, or reject with, goes to `onError`; nobody waits for them.
 */
export interface Observers {
  /** Something is missing and was waited for long enough; what follows is handled now. */
  readonly onGap?: ((gap: Gap) => unknown) | undefined;
  /** A callback is kept as a dead letter, and its group goes on without it. */
  readonly onDead?: ((letter: DeadLetter) => unknown) | undefined;
  /** A callback is older than its group's latest disbanding and is not handled. */
  readonly onStale?: ((callback: ReceivedCallback) => unknown) | undefined;
  /** A callback is authentic, but its content is not what the catalog says (`callback.fault`); it is not handled. */
  readonly onQuarantine?: ((callback: ReceivedCallback) => unknown) | undefined;
  /** A handler has failed and will be tried again, an observer has thrown, or the inbox cannot be reached. */
  readonly onError?: ((error: unknown) => unknown) | undefined;
}

/** Calls an observer; what it throws or rejects with is told, and no reason to stop. */
export function tell({ onError }: Observers, call: () => unknown): void {
  attempt(call, (error) => {
    attempt(
      () => onError?.(error),
      () => {
        // Nobody is left to be told.
      },
    );
  });
}

/** A promise that nobody looks after would end the process where it rejects. */
function attempt(call: () => unknown, onFailure: (error: unknown) => void): void {
  try {
    Promise.resolve(call()).catch(onFailure);
  } catch (error) {
    onFailure(error);
  }
}
