/** What moves the cursor, rings, ends a line or turns the order of what follows round. */
const CONTROLS = /(?!\t)[\p{Cc}\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A text of somebody else's as it can be shown at a terminal: an id, a name or an error may hold what a terminal obeys. That
 * is written as `\u001b`.
 */
export function printable(text: string): string {
  return text.replaceAll(CONTROLS, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
