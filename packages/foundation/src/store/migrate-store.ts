import { nextTurn } from "../next-turn.ts";
import { StartError } from "../start-error.ts";
import { createDigest, type AppDigest } from "./digest.ts";
import { openSource, type Source } from "./source.ts";
import type { CopiedTable, StoreKind } from "./store-kind.ts";
import { openTarget, type Column, type Target } from "./target.ts";

/** How far a migration is. */
export type MigrationEvent =
  | { readonly event: "begun" | "resumed"; readonly rows: number }
  /** `of` are those of the table, `rows` how many of them are copied, or compared. */
  | { readonly event: "copying" | "verifying"; readonly table: string; readonly rows: number; readonly of: number }
  | { readonly event: "copied"; readonly table: string; readonly rows: number }
  /** Source and target hold the same of each app. */
  | { readonly event: "verified"; readonly table: string; readonly rows: number; readonly apps: readonly AppDigest[] };

export interface StoreMigration {
  /** The path of the program's SQLite file. */
  readonly from: string;
  /** The URL of a database of PostgreSQL's in which the program has no data. */
  readonly to: string;
  readonly onEvent: (event: MigrationEvent) => void;
}

export interface MigratedStore {
  readonly rows: number;
  /** It was complete before, and nothing was done. */
  readonly wasComplete: boolean;
  /** How many rows each table has. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Copies a program's store from a file to PostgreSQL. Each piece is written together with how far it is by that, so that
 * whoever is killed goes on when started again. At the end the rows of both are compared; until then no program starts on
 * the target.
 * @throws {StartError} `STORE_UNUSABLE` where source or target cannot be used, or do not hold the same in the end
 */
export async function migrateStore(kind: StoreKind, { from, to, onEvent }: StoreMigration): Promise<MigratedStore> {
  const source = openSource(kind, from);
  try {
    const target = await openTarget(kind, to);
    try {
      const counts = new Map(kind.tables.map((table) => [table.name, source.countOf(table)]));
      const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const stand = await target.begin(source.stand);
      if (stand !== "complete") {
        onEvent({ event: stand, rows });
        await copyAll(kind, source, target, onEvent);
      }
      return { rows, wasComplete: stand === "complete", counts };
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}

async function copyAll(
  kind: StoreKind,
  source: Source,
  target: Target,
  onEvent: StoreMigration["onEvent"],
): Promise<void> {
  const tables: (readonly [CopiedTable, readonly Column[]])[] = [];
  for (const table of kind.tables) {
    const known = new Set(source.columnsOf(table));
    const columns = (await target.columnsOf(table.name)).filter(({ name }) => known.has(name));
    tables.push([table, columns]);
    await copyTable(source, target, table, columns, onEvent);
  }
  for (const [table, columns] of tables) await verifyTable(kind, source, target, table, columns, onEvent);
  await target.finish(kind.numbers.map((number) => ({ ...number, last: source.lastOf(number.of) })));
}

async function copyTable(
  source: Source,
  target: Target,
  table: CopiedTable,
  columns: readonly Column[],
  onEvent: StoreMigration["onEvent"],
): Promise<void> {
  const of = source.countOf(table);
  const write = target.writer(table.name, columns);
  const begun = await target.copiedOf(table.name);
  let rows = begun.copied;
  for (const piece of source.read(table, names(columns), begun.last)) {
    await write(piece, rows);
    rows += piece.rows.length;
    onEvent({ event: "copying", table: table.name, rows, of });
  }
  onEvent({ event: "copied", table: table.name, rows });
}

async function verifyTable(
  kind: StoreKind,
  source: Source,
  target: Target,
  table: CopiedTable,
  columns: readonly Column[],
  onEvent: StoreMigration["onEvent"],
): Promise<void> {
  const { name } = table;
  const [there, here] = [createDigest(), createDigest()];
  const of = source.countOf(table);
  const app = columns.findIndex((column) => column.name === kind.app);
  for (const { rows } of source.read(table, names(columns))) {
    for (const row of rows) there.add(Number(row[app] ?? 0), row);
    await nextTurn();
  }
  let rows = 0;
  await target.read(name, columns, (piece) => {
    for (const row of piece) {
      // The source has numbers for what is true or false.
      const values = columns.map((column) => (column.type === "boolean" ? Number(row[column.name]) : row[column.name]));
      here.add(Number(row[kind.app] ?? 0), values);
    }
    rows += piece.length;
    onEvent({ event: "verifying", table: name, rows, of });
  });
  const [expected, apps] = [there.apps(), here.apps()];
  if (JSON.stringify(expected) !== JSON.stringify(apps)) throw different(kind, name, expected, apps);
  onEvent({ event: "verified", table: name, rows, apps });
}

function different(
  { schema }: StoreKind,
  table: string,
  expected: readonly AppDigest[],
  apps: readonly AppDigest[],
): StartError {
  const copied = new Map(apps.map((digest) => [digest.app, digest]));
  const wrong = expected.find(
    ({ app, rows, hash }) => copied.get(app)?.rows !== rows || copied.get(app)?.hash !== hash,
  );
  const where = wrong
    ? `${wrong.app === 0 ? "" : `of app ${wrong.app}: `}${wrong.rows} rows in the file, ${copied.get(wrong.app)?.rows ?? 0} in PostgreSQL`
    : "of apps that the file does not have";
  return new StartError(
    "STORE_UNUSABLE",
    `The copy is not what the file holds: table ${table}, ${where}. Something has changed one of them meanwhile: ` +
      `remove the schema ${schema} from the database and begin anew.`,
  );
}

function names(columns: readonly Column[]): readonly string[] {
  return columns.map(({ name }) => name);
}
