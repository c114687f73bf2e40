import { existsSync } from "node:fs";

import { openSqlite, StartError } from "@muster/foundation";
import type { SQLInputValue } from "node:sqlite";

import { APPLICATION_ID, migrations } from "../sqlite/migrations.ts";
import { copiedTables, copiedSequences, shardFunction, type CopiedTable } from "./copied-tables.ts";

/** Most rows, and about the most characters, that are in memory at a time. */
const PIECE_ROWS = 1_000;
const PIECE_CHARACTERS = 2_000_000;

export type Value = string | number | null;

/** Some rows of a table. */
export interface Piece {
  /** Their values, in the order of the columns. */
  readonly rows: readonly (readonly Value[])[];
  /** What names the last of them. */
  readonly last: readonly Value[];
}

/** A store in a file that nobody else has open. */
export interface Source {
  /** What this store holds, in short: that of another store, or of this one later, is another. */
  readonly stand: string;
  /** Columns of a table's rows. */
  columnsOf(table: CopiedTable): readonly string[];
  countOf(table: CopiedTable): number;
  /** The rows behind one that is named, in pieces. */
  read(table: CopiedTable, columns: readonly string[], after?: readonly Value[]): Generator<Piece>;
  /** The last number that was given to a row of a table. */
  lastOf(table: string): number;
  close(): void;
}

/**
 * Opens the store that is copied, and keeps every server out of it meanwhile.
 * @throws {StartError} `STORE_UNUSABLE` where there is none, or a server has it open
 */
export function openSource(path: string): Source {
  if (!existsSync(path)) {
    throw new StartError("STORE_UNUSABLE", `There is no store ${path} to migrate: name the server's file.`);
  }
  const { reader: db, close } = openSqlite(path, APPLICATION_ID, migrations);
  db.function(shardFunction.name, { deterministic: true }, shardFunction.call);
  const sequence = db.prepare("SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name = ?");
  const number = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0);
  const countOf = ({ counted, rows }: CopiedTable): number => number(`SELECT count(*) FROM ${counted ?? `(${rows})`}`);
  const lastOf = (table: string): number => Number(sequence.get(table)?.["seq"] ?? 0);

  return {
    stand: JSON.stringify([
      copiedTables.map(countOf),
      [...copiedSequences.map(({ of }) => of), "notice", "stay"].map(lastOf),
      number("SELECT sum(settled) FROM lane"),
      number("SELECT sum(attempts) FROM lane"),
    ]),
    columnsOf: ({ rows }) =>
      db
        .prepare(rows)
        .columns()
        .map(({ name }) => name),
    countOf,
    lastOf,
    *read({ rows, key }, columns, after) {
      const select = (where: string): string =>
        `SELECT ${[...columns, ...key].join(", ")} FROM (${rows}) ${where} ORDER BY ${key.join(", ")} LIMIT ${PIECE_ROWS}`;
      const begin = db.prepare(select(""));
      const goOn = db.prepare(select(`WHERE (${key.join(", ")}) > (${key.map(() => "?").join(", ")})`));
      for (const statement of [begin, goOn]) statement.setReturnArrays(true);
      for (let last: readonly Value[] | undefined = after; ;) {
        const found = last ? goOn.iterate(...(last as SQLInputValue[])) : begin.iterate();
        const piece = takePiece(found as unknown as Iterable<Value[]>, columns.length);
        if (!piece) return;
        yield piece;
        ({ last } = piece);
      }
    },
    close,
  };
}

function takePiece(found: Iterable<Value[]>, width: number): Piece | undefined {
  const rows: Value[][] = [];
  let last: Value[] | undefined;
  let characters = 0;
  for (const values of found) {
    rows.push(values.slice(0, width));
    last = values.slice(width);
    for (const value of values) if (typeof value === "string") characters += value.length;
    if (characters > PIECE_CHARACTERS) break;
  }
  return last && { rows, last };
}
