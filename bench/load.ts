/** Does `task` again and again, so many at a time, for so long; returns how often a second. */
export async function rate(atATime: number, ms: number, task: () => Promise<void>): Promise<number> {
  let done = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      while (performance.now() - startedAt < ms) {
        await task();
        done += 1;
      }
    }),
  );
  return done / ((performance.now() - startedAt) / 1000);
}

/** The same, of programs that have done it for half as long before: what they compile while they are young is no part of it. */
export async function warmRate(...[atATime, ms, task]: Parameters<typeof rate>): Promise<number> {
  await rate(atATime, ms / 2, task);
  return await rate(atATime, ms, task);
}

/**
 * Begins `task` so often a second for so long, whether those before are done or not: what takes long does not keep
 * the next from beginning. Resolves when all are done; where one fails, none begins any more, and it rejects.
 * @param task gets its number from 0, and when it was to begin (ms since 1970, with fractions)
 */
export async function openLoop(
  perSecond: number,
  ms: number,
  task: (i: number, dueAt: number) => Promise<void>,
): Promise<number> {
  const startedAt = performance.timeOrigin + performance.now();
  const count = Math.floor((perSecond * ms) / 1_000);
  const running: Promise<void>[] = [];
  let failure: { readonly error: unknown } | undefined;
  while (running.length < count && !failure) {
    const due = ((performance.timeOrigin + performance.now() - startedAt) * perSecond) / 1_000;
    while (running.length < Math.min(due, count)) {
      const begun = task(running.length, startedAt + (running.length * 1_000) / perSecond);
      running.push(begun.catch((error: unknown) => void (failure ??= { error })));
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await Promise.all(running);
  if (failure) throw failure.error;
  return count;
}

/** The value below which such a part of the values is, e.g. 0.99 of them. */
export function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
}
