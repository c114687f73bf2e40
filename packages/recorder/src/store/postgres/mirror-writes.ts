import { statement, type PostgresTransaction } from "@muster/foundation";

import type { GroupChange } from "../../mirror/mirror-store.ts";
import { groupKey, keyOf, type Column, type EntryTable, type Value } from "../mirror-tables.ts";

/** Most rows that one statement writes: it has a few seconds. */
const PIECE = 10_000;

/** Writes rows, or of `removing` their keys, as one piece of a transaction. */
type WriteRows = (tx: PostgresTransaction, rows: readonly (readonly Value[])[]) => void;

/** Inserts rows, or writes their columns over those that have their keys. */
export function replacing(table: string, keys: readonly Column[], columns: readonly Column[]): WriteRows {
  const all = [...keys, ...columns];
  const updates = columns.map(([name]) => `${name} = excluded.${name}`);
  return inPieces(
    all.length,
    `INSERT INTO ${table} (${namesOf(all)}) SELECT * FROM unnest(${arraysOf(all)})
     ON CONFLICT (${namesOf(keys)}) DO UPDATE SET ${updates.join(", ")}`,
  );
}

/** Removes the rows that have keys. */
export function removing(table: string, keys: readonly Column[]): WriteRows {
  return inPieces(
    keys.length,
    `DELETE FROM ${table} USING unnest(${arraysOf(keys)}) AS gone (${namesOf(keys)})
     WHERE ${keys.map(([name]) => `${table}.${name} = gone.${name}`).join(" AND ")}`,
  );
}

function inPieces(width: number, sql: string): WriteRows {
  const prepared = statement(sql);
  return (tx, rows) => {
    for (let from = 0; from < rows.length; from += PIECE) {
      const piece = rows.slice(from, from + PIECE);
      tx.push(prepared, ...Array.from({ length: width }, (_, i) => piece.map((row) => row[i] ?? null)));
    }
  };
}

/** Writes changes to the entries of groups. */
export function writingEntries({ table, key, columns, entriesOf }: EntryTable) {
  const keys: readonly Column[] = [...groupKey, [key, "text"]];
  const [put, remove] = [replacing(table, keys, columns), removing(table, keys)];
  return (tx: PostgresTransaction, changes: readonly GroupChange[]): void => {
    const rows = changes.flatMap((change) =>
      entriesOf(change).map(([entry, values]) => ({ key: [...keyOf(change), entry], values })),
    );
    remove(
      tx,
      rows.flatMap((row) => (row.values ? [] : [row.key])),
    );
    put(
      tx,
      rows.flatMap((row) => (row.values ? [[...row.key, ...row.values]] : [])),
    );
  };
}

function namesOf(columns: readonly Column[]): string {
  return columns.map(([name]) => name).join(", ");
}

function arraysOf(columns: readonly Column[]): string {
  return columns.map(([, type], i) => `$${i + 1}::${type}[]`).join(", ");
}
