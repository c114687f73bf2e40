import { closeSync, existsSync, openSync, readSync } from "node:fs";

import type { SQLInputValue } from "node:sqlite";

import { openSqlite } from "../sqlite/open.ts";
import { StartError } from "../start-error.ts";
import { sizeOf, type Column, type Piece, type Value } from "./piece.ts";
import type { CopiedTable, StoreKind } from "./store-kind.ts";

/** Most rows, and about the most characters or bytes, that are in memory at a time. */
const PIECE_ROWS = 1_000;
const PIECE_SIZE = 2_000_000;

/** A store that is copied, or what it holds of an app. */
export interface Source {
  /** Where that is, in a few words. */
  readonly place: string;
  /** Columns of a table's rows. */
  columnsOf(table: CopiedTable): readonly string[] | Promise<readonly string[]>;
  countOf(table: CopiedTable): number | Promise<number>;
  /** The rows behind one that is named, in pieces. */
  read(
    table: CopiedTable,
    columns: readonly Column[],
    after?: readonly Value[],
  ): Iterable<Piece> | AsyncIterable<Piece>;
}

/** A store in a file that nobody else has open. */
export interface FileSource extends Source {
  /** What this store holds, in short: that of another store, or of this one later, is another. */
  readonly stand: string;
  /** The last number that was given to a row of a table. */
  lastOf(table: string): number;
  /** The one number that a statement reads, 0 where there is none. */
  number(sql: string): number;
  /** Changes the file; how many rows. */
  change(sql: string): number;
  close(): void;
}

/** Where SQLite's files say whose they are. */
const APPLICATION_ID = { at: 68, length: 4 };

/** Whose data a file of SQLite's says that it has; 0 where it does not say, `undefined` where there is no file. */
export function applicationIdOf(path: string): number | undefined {
  if (!existsSync(path)) return undefined;
  const file = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(APPLICATION_ID.length);
    readSync(file, bytes, 0, APPLICATION_ID.length, APPLICATION_ID.at);
    return bytes.readUInt32BE();
  } finally {
    closeSync(file);
  }
}

/**
 * Opens the store that is copied, and keeps every server out of it meanwhile.
 * @throws {StartError} `STORE_UNUSABLE` where there is none, or a server has it open
 */
export function openSource(kind: StoreKind, path: string): FileSource {
  if (!existsSync(path)) {
    throw new StartError("STORE_UNUSABLE", `There is no store ${path} to migrate: name the ${kind.program}'s file.`);
  }
  const { reader: db, writer, close } = openSqlite(path, kind.applicationId, kind.fileMigrations);
  if (kind.function) db.function(kind.function.name, { deterministic: true, varargs: true }, kind.function.call);
  const sequence = db.prepare("SELECT coalesce(max(seq), 0) AS seq FROM sqlite_sequence WHERE name = ?");
  const number = (sql: string): number => Number(Object.values(db.prepare(sql).get() ?? {})[0] ?? 0);
  const countOf = ({ counted, rows }: CopiedTable): number => number(`SELECT count(*) FROM ${counted ?? `(${rows})`}`);
  const lastOf = (table: string): number => Number(sequence.get(table)?.["seq"] ?? 0);

  return {
    place: "the file",
    stand: JSON.stringify([
      kind.tables.map(countOf),
      kind.numbers.map(({ of }) => lastOf(of)),
      ...kind.standing.map(number),
    ]),
    columnsOf: ({ rows }) =>
      db
        .prepare(rows)
        .columns()
        .map(({ name }) => name),
    countOf,
    lastOf,
    number,
    change: (sql) => Number(writer.prepare(sql).run().changes),
    *read({ rows, key }, columns, after) {
      const names = columns.map(({ name }) => name);
      const select = (where: string): string =>
        `SELECT ${[...names, ...key].join(", ")} FROM (${rows}) ${where} ORDER BY ${key.join(", ")} LIMIT ${PIECE_ROWS}`;
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
  let size = 0;
  for (const values of found) {
    rows.push(values.slice(0, width));
    last = values.slice(width);
    for (const value of values) size += sizeOf(value);
    if (size > PIECE_SIZE) break;
  }
  return last && { rows, last };
}
