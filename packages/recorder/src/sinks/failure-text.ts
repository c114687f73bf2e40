/** Longest text that is kept of a failure. */
const LONGEST = 300;

/** What went wrong, in a line for a person. */
export function failureText(error: unknown): string {
  // Of several addresses of a name, each failed: the first says enough.
  if (error instanceof AggregateError && error.message === "") return failureText(error.errors[0]);
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.replaceAll(/\s+/g, " ").slice(0, LONGEST);
}
