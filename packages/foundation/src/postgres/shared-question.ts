/**
 * Asks a question for all who want to know at the same time. Whoever comes while it is being asked is told what the next
 * one finds: nobody gets an answer that is older than his asking.
 */
export function sharedQuestion<T>(ask: () => Promise<T>): () => Promise<T> {
  let asking: Promise<T> | undefined;
  let next: Promise<T> | undefined;

  function begin(): Promise<T> {
    const asked = ask();
    asking = asked;
    const over = (): void => {
      if (asking === asked) asking = undefined;
    };
    asked.then(over, over);
    return asked;
  }

  return () => {
    if (!asking) return begin();
    next ??= asking
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return begin();
      });
    return next;
  };
}
