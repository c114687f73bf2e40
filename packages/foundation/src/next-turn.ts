/** Resolves at the end of this turn of the event loop: whatever else is due, what came in above all, comes first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
