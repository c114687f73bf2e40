import type { PostgresQueries } from "../postgres/transaction.ts";
import { statement } from "../postgres/statement.ts";
import { sizeOf, type Column, type Piece, type Value } from "./piece.ts";

/** Rows that are read at a time, and those of rows that are long: the longest are some MB. */
const PIECE_ROWS = 500;
const LONG_ROWS = 10;
/** Characters or bytes from which on a row is long. */
const LONG = 10_000;

/** Rows that one statement counts. */
const COUNTED = 100_000;

/** A table that is read in pieces. */
export interface ReadTable {
  readonly name: string;
  readonly columns: readonly Column[];
  /** The columns of a key that the table has, behind the app where it is of one app that is read: its order. */
  readonly along: readonly string[];
  /** The app whose rows are read, of a table that has them by app; all where it is absent. */
  readonly app?: number | undefined;
}

const columnsOf = statement(
  `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
   WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
);

/** The columns of a table, in their order. */
export function readColumns(db: PostgresQueries, table: string): Promise<Column[]> {
  return db.all<Column>(columnsOf, table);
}

/** A list travels as text: lists of lists would have to be equally long. */
export function isList(type: string): boolean {
  return type.endsWith("[]");
}

/**
 * Reads a table's rows behind one that is named, piece by piece: however many there are, no statement takes long. Flags are
 * numbers, as in a file, and lists are texts.
 */
export async function* readTable(
  db: PostgresQueries,
  { name, columns, along, app }: ReadTable,
  after?: readonly Value[],
): AsyncGenerator<Piece> {
  const names = columns.map((column) => (isList(column.type) ? `${column.name}::text` : column.name));
  const selected = [...names, ...along].map((expression, i) => `${expression} AS c${i}`).join(", ");
  const { mine, behind, order } = rowsOf({ along, app });
  const select = (where: string, rows: number) =>
    statement(`SELECT ${selected} FROM ${name} WHERE ${where} ORDER BY ${order} LIMIT ${rows}`);
  const [beginning, some, few] = [select(mine, LONG_ROWS), select(behind, PIECE_ROWS), select(behind, LONG_ROWS)];
  let areLong = true;
  for (let last = after; ;) {
    const found: Record<string, unknown>[] = last
      ? await db.all(areLong ? few : some, ...last)
      : await db.all(beginning);
    const all: Value[][] = found.map((row) => Object.values(row).map(asValue));
    last = all.at(-1)?.slice(columns.length);
    if (!last) return;
    yield { rows: all.map((values) => values.slice(0, columns.length)), last };
    areLong = all.some((values) => values.some((value) => sizeOf(value) > LONG));
  }
}

/** How many rows a table has, counted in pieces as well. */
export async function countRows(
  db: PostgresQueries,
  { name, along, app }: Pick<ReadTable, "name" | "along" | "app">,
): Promise<number> {
  const keys = along.map((key, i) => `${key} AS c${i}`).join(", ");
  const { mine, behind, order } = rowsOf({ along, app });
  const pieceOf = (where: string) =>
    statement(`SELECT ${keys} FROM ${name} WHERE ${where} ORDER BY ${order} OFFSET ${COUNTED - 1} LIMIT 1`);
  const restOf = (where: string) => statement(`SELECT count(*) AS n FROM ${name} WHERE ${where}`);
  const [first, next, all, rest] = [pieceOf(mine), pieceOf(behind), restOf(mine), restOf(behind)];
  let last: Value[] | undefined;
  for (let rows = 0; ; rows += COUNTED) {
    const found: Record<string, Value>[] = last ? await db.all(next, ...last) : await db.all(first);
    if (!found[0]) {
      const [counted] = await db.all<{ n: number }>(...(last ? ([rest, ...last] as const) : ([all] as const)));
      return rows + (counted?.n ?? 0);
    }
    last = Object.values(found[0]);
  }
}

/** Conditions of the rows that are read, and of those of them behind one that is named; their order. */
function rowsOf({ along, app }: Pick<ReadTable, "along" | "app">) {
  const order = along.join(", ");
  const mine = app === undefined ? "true" : `app = ${app}`;
  const behind = `${mine} AND (${order}) > (${along.map((_, i) => `$${i + 1}`).join(", ")})`;
  return { mine, behind, order };
}

function asValue(value: unknown): Value {
  return typeof value === "boolean" ? Number(value) : (value as Value);
}
