/** Longest text that is kept of a failure. */
const LONGEST = 300;

/** What went wrong, in a line for a person. */
export function failureText(error: unknown): string {
  // Of several addresses of a name, each failed: the first says enough.
  if (error instanceof AggregateError && error.message === "") return failureText(error.errors[0]);
  return textOf(error).replaceAll(/\s+/g, " ").slice(0, LONGEST);
}

/** Whatever somebody's own sink throws: there are objects that no text can be made of. */
function textOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message || error.name : error);
  } catch {
    return "it failed without a reason";
  }
}
