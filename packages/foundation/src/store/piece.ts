/** What a column of a row holds, in a file as in PostgreSQL: flags are numbers, and lists are texts. */
export type Value = string | number | Uint8Array | null;

/** Some rows of a table. */
export interface Piece {
  /** Their values, in the order of the columns. */
  readonly rows: readonly (readonly Value[])[];
  /** What names the last of them. */
  readonly last: readonly Value[];
}

/** A column of a table in PostgreSQL. */
export interface Column {
  readonly name: string;
  /** As PostgreSQL names it. */
  readonly type: string;
}

/** What a value takes in memory, about. */
export function sizeOf(value: unknown): number {
  return typeof value === "string" || value instanceof Uint8Array ? value.length : 0;
}
