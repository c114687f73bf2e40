import { statement, type PostgresStatement, type PostgresValue } from "@muster/foundation";

export type Values = readonly PostgresValue[];

/** A row, as far as it is looked at to know whose it is. */
export type AnyRow = Readonly<Record<string, unknown>>;

/** How what several pieces of work ask for in the same words is one statement. */
export interface ForMany {
  /** Absent where it is the same words. */
  readonly text?: string;
  /** What it is given for all of them, the app first; `undefined` where nothing is left to be done. */
  values(all: readonly Values[]): Values | undefined;
  /** Whose a row is: of those who have this column's value in that parameter. Without it each gets all rows. */
  readonly whose?: { readonly column: string; readonly parameter: number };
  /** Whether one can be asked together with another; always, where it is absent. */
  readonly fits?: (one: Values, other: Values) => boolean;
  /** The parameter that names what only one piece of work may touch: a group, and its lane. */
  readonly claims?: number;
  /** Whether a row says that the work has to be a transaction of its own. */
  readonly isForOneAlone?: (row: AnyRow) => boolean;
  /** More rows than that of one piece of work are for a transaction of its own. */
  readonly most?: number;
}

/** A statement that several pieces of work can have run as one. */
export interface StatementForMany extends PostgresStatement {
  readonly many: ForMany & { readonly statement: PostgresStatement };
}

/** A statement, and what it is for many. As `statement`: make it once and keep it. */
export function statementForMany(text: string, many: ForMany): StatementForMany {
  const one = statement(text);
  return { ...one, many: { ...many, statement: many.text === undefined ? one : statement(many.text) } };
}

/** The same for all who ask for the same: one of them asks. */
export function sameForAll(text: string): StatementForMany {
  return statementForMany(text, {
    values: ([first]) => first,
    fits: (one, other) => one.every((value, i) => value === other[i]),
  });
}

export function isForMany(asked: PostgresStatement): asked is StatementForMany {
  return "many" in asked;
}

/** A parameter of all calls as one list, to which a list adds what it holds. */
export function listOf(all: readonly Values[], parameter: number): Extract<PostgresValue, readonly unknown[]> {
  return all.flatMap((values) => values[parameter] ?? null);
}

/** The app, which is the first parameter of every call. */
export function appOf(all: readonly Values[]): PostgresValue {
  return all[0]?.[0] ?? null;
}

/** The parameters of all as lists. */
export function joined(all: readonly Values[]): Values {
  return [appOf(all), ...(all[0] ?? []).slice(1).map((_, i) => listOf(all, i + 1))];
}

export function distinct<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}

/** The rows of each call, in the order in which it has named them. */
export function sharedOut(
  { whose }: ForMany,
  all: readonly Values[],
  rows: readonly AnyRow[],
): readonly (readonly AnyRow[])[] {
  if (!whose) return all.map(() => rows);
  const byKey = Map.groupBy(rows, (row) => row[whose.column]);
  return all.map((values) => listOf([values], whose.parameter).flatMap((key) => byKey.get(key) ?? []));
}
