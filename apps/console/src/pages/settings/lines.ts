/** A list as a text with a line for each. */
export function linesOf(list: readonly string[]): string {
  return list.join("\n");
}

/** The list that a text with a line for each is. */
export function listOf(lines: string): string[] {
  return lines
    .split(/[\n,]/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
