/** Calls `wake` once, so many ms from now; the returned function calls it off. */
export type After = (delay: number, wake: () => void) => () => void;

/** Something took longer than it may, or its receiver stops. */
export class TimeIsOver extends Error {
  override readonly name = "TimeIsOver";
}

/** What can be ended from outside. */
export interface Limited {
  readonly signal: AbortSignal;
  /** Rejects what is under way with `TimeIsOver`. */
  end(reason: string): void;
}

/**
 * Waits for a task no longer than its limit, in ms: then its signal is aborted and this rejects, though the task may
 * go on.
 * @throws {TimeIsOver} and what the task throws
 */
export async function withLimit<Result>(
  task: (limited: Limited) => Result | Promise<Result>,
  limit: number,
  after: After,
): Promise<Result> {
  const controller = new AbortController();
  const { signal } = controller;
  const end = (reason: string): void => {
    controller.abort(new TimeIsOver(reason));
  };
  const cancel = after(limit, () => {
    end(`It took longer than ${limit} ms.`);
  });
  try {
    return await new Promise<Result>((resolve, reject) => {
      signal.addEventListener("abort", () => {
        reject(signal.reason instanceof Error ? signal.reason : new TimeIsOver("It was ended."));
      });
      // In a function of its own, so that what it throws at once rejects, too.
      const run = async (): Promise<Result> => await task({ signal, end });
      run().then(resolve, reject);
    });
  } finally {
    cancel();
  }
}
