import { nextTurn } from "../next-turn.ts";
import { StartError } from "../start-error.ts";
import { createDigest, type AppDigest } from "./digest.ts";
import type { Column, Piece, Value } from "./piece.ts";
import type { Source } from "./source.ts";
import type { CopiedTable } from "./store-kind.ts";
import type { FilledTables } from "./target.ts";

/** How far the copying of a store is. */
export type MigrationEvent =
  | { readonly event: "begun" | "resumed"; readonly rows: number }
  /** `of` are those of the table, `rows` how many of them are copied, or compared. */
  | { readonly event: "copying" | "verifying"; readonly table: string; readonly rows: number; readonly of: number }
  | { readonly event: "copied"; readonly table: string; readonly rows: number }
  /** Source and target hold the same of each app. */
  | { readonly event: "verified"; readonly table: string; readonly rows: number; readonly apps: readonly AppDigest[] }
  /** The source holds nothing of the app any more in this table. */
  | { readonly event: "removed"; readonly table: string; readonly rows: number };

/** Tables that are copied from one store to another, and compared. */
export interface Copying {
  readonly tables: readonly CopiedTable[];
  /** The column that says whose a row is. */
  readonly app: string;
  readonly source: Source;
  readonly target: FilledTables;
  /** What a value of a column is in the target; `undefined` where it is the same. */
  readonly renumbered?: (table: string, column: string) => ((value: Value) => Value) | undefined;
  readonly onEvent: (event: MigrationEvent) => void;
  /** What to do where the two do not hold the same in the end. */
  readonly remedy: string;
}

/** How many rows of each table are copied. */
export async function countTables({
  tables,
  source,
}: Pick<Copying, "tables" | "source">): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const table of tables) counts.set(table.name, await source.countOf(table));
  return counts;
}

/** Copies what is not copied yet. */
export async function copyTables(copying: Copying): Promise<void> {
  for (const table of copying.tables) await copyTable(copying, table);
}

/**
 * Reads both again and compares them.
 * @throws {StartError} `STORE_UNUSABLE` where they do not hold the same
 */
export async function compareTables(copying: Copying): Promise<void> {
  for (const table of copying.tables) await compareTable(copying, table);
}

async function copyTable(copying: Copying, table: CopiedTable): Promise<void> {
  const { source, target, onEvent } = copying;
  const columns = await columnsOf(copying, table);
  const of = await source.countOf(table);
  const write = target.writer(table.name, columns);
  const begun = await target.copiedOf(table.name);
  let rows = begun.copied;
  for await (const piece of readSource(copying, table, columns, begun.last)) {
    await write(piece, rows);
    rows += piece.rows.length;
    onEvent({ event: "copying", table: table.name, rows, of });
  }
  onEvent({ event: "copied", table: table.name, rows });
}

async function compareTable(copying: Copying, table: CopiedTable): Promise<void> {
  const { source, target, onEvent } = copying;
  const { name } = table;
  const columns = await columnsOf(copying, table);
  const of = await source.countOf(table);
  const app = columns.findIndex((column) => column.name === copying.app);
  const [there, here] = [createDigest(), createDigest()];
  for await (const { rows } of readSource(copying, table, columns)) {
    for (const row of rows) there.add(Number(row[app] ?? 0), row);
    await nextTurn();
  }
  let rows = 0;
  for await (const piece of target.read(table, columns)) {
    for (const row of piece.rows) here.add(Number(row[app] ?? 0), row);
    rows += piece.rows.length;
    onEvent({ event: "verifying", table: name, rows, of });
  }
  const [expected, apps] = [there.apps(), here.apps()];
  if (JSON.stringify(expected) !== JSON.stringify(apps)) throw different(copying, name, expected, apps);
  onEvent({ event: "verified", table: name, rows, apps });
}

/** The target's columns that the source has as well. */
async function columnsOf({ source, target }: Copying, table: CopiedTable): Promise<readonly Column[]> {
  const known = new Set(await source.columnsOf(table));
  return (await target.columnsOf(table.name)).filter(({ name }) => known.has(name));
}

async function* readSource(
  { source, renumbered }: Copying,
  table: CopiedTable,
  columns: readonly Column[],
  after?: readonly Value[],
): AsyncGenerator<Piece> {
  const others = columns.map(({ name }) => renumbered?.(table.name, name));
  for await (const { rows, last } of source.read(table, columns, after)) {
    yield { rows: rows.map((row) => row.map((value, i) => others[i]?.(value) ?? value)), last };
  }
}

function different(
  { source, remedy }: Copying,
  table: string,
  expected: readonly AppDigest[],
  apps: readonly AppDigest[],
): StartError {
  const copied = new Map(apps.map((digest) => [digest.app, digest]));
  const wrong = expected.find(
    ({ app, rows, hash }) => copied.get(app)?.rows !== rows || copied.get(app)?.hash !== hash,
  );
  const where = wrong
    ? `${wrong.app === 0 ? "" : `of app ${wrong.app}: `}${wrong.rows} rows in ${source.place}, ${copied.get(wrong.app)?.rows ?? 0} in the target`
    : `of apps that ${source.place} does not have`;
  return new StartError(
    "STORE_UNUSABLE",
    `The copy is not what ${source.place} holds: table ${table}, ${where}. Something has changed one of them meanwhile: ${remedy}.`,
  );
}
