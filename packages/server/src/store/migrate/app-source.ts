import {
  COPYING,
  countRows,
  openPostgres,
  openSource,
  readColumns,
  readTable,
  settings,
  statement,
  type Clock,
  type Source,
} from "@muster/foundation";

import { migrations, SCHEMA } from "../postgres/migrations.ts";
import { tablesInFile } from "./app-tables.ts";
import { createDeparture, type Departure } from "./departure.ts";
import { partsOf, type PositionPart } from "./positions.ts";
import { removeApp } from "./remove-app.ts";
import { serverStore } from "./server-store.ts";

/** The store that an app leaves: a file with no server on it, or a database whose servers go on with other apps. */
export interface AppSource extends Source, Omit<Departure, "release"> {
  /** Where callbacks of all its apps are. */
  positions(): Promise<readonly PositionPart[]>;
  /** A number that is another one after a server has delivered something of the app's, or accepted it. */
  standing(): Promise<number>;
  /** Removes what a table has of the app; how many rows. */
  remove(table: string): Promise<number>;
  /** Nothing of the app is left: nor that it came from somewhere. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the store that an app leaves.
 * @param setting `sqlite:PATH` or `postgres://…`
 * @throws {StartError} `STORE_UNUSABLE` where it cannot be used, or is a file that a server uses
 */
export async function openAppSource(setting: string, app: number, clock: Clock): Promise<AppSource> {
  return settings.isSqlite(setting) ? openFile(settings.sqlitePath(setting), app) : openDatabase(setting, app, clock);
}

function openFile(path: string, app: number): AppSource {
  const tables = tablesInFile(app);
  const { number, change, ...source } = openSource({ ...serverStore, tables, numbers: [], standing: [] }, path);
  const found = (position: number): number | undefined => (position === 0 ? undefined : position);
  const ofApp = new Map(tables.map((table) => [table.name, table]));
  return {
    ...source,
    // By the name alone: whoever asks knows the tables, and not where a file has their rows.
    columnsOf: ({ name }) => source.columnsOf(ofApp.get(name) ?? fail(name)),
    countOf: ({ name }) => source.countOf(ofApp.get(name) ?? fail(name)),
    read: ({ name }, columns, after) => source.read(ofApp.get(name) ?? fail(name), columns, after),
    positions: () =>
      partsOf(
        (from) => found(number(`SELECT min(position) FROM outbox WHERE position >= ${from}`)),
        (before) => found(number(`SELECT max(position) FROM outbox WHERE position < ${before}`)),
      ),
    standing: () =>
      Promise.resolve(number(`SELECT sum(accepted + delivered + dead + cancelled) FROM ledger WHERE app = ${app}`)),
    remove: (table) => Promise.resolve(inFile(table, app).reduce((rows, sql) => rows + change(sql), 0)),
    // Nobody else has the file.
    closeApp: nothing,
    leave: nothing,
    reopenApp: nothing,
    forget: nothing,
    close: () => Promise.resolve(source.close()),
  };
}

/** What a table of PostgreSQL's is in a file, removed. */
function inFile(table: string, app: number): string[] {
  if (table === "tally")
    return ["group_growth", "group_count", "ledger"].map((name) => `DELETE FROM ${name} WHERE app = ${app}`);
  if (table === "attempt")
    return [`DELETE FROM attempt WHERE position IN (SELECT position FROM outbox WHERE app = ${app})`];
  // Both follow from what others hold.
  return table === "growth_alarm" || table === "notice_head" ? [] : [`DELETE FROM ${table} WHERE app = ${app}`];
}

async function openDatabase(url: string, app: number, clock: Clock): Promise<AppSource> {
  const db = await openPostgres(url, { schema: SCHEMA, migrations, ...COPYING });
  const position = async (sql: string): Promise<number | undefined> =>
    (await db.all<{ position: number }>(statement(sql)))[0]?.position;
  const { release, ...departure } = createDeparture({ db, app, clock });
  return {
    ...departure,
    place: "the source",
    columnsOf: async ({ name }) => (await readColumns(db, name)).map((column) => column.name),
    countOf: ({ name, along }) => countRows(db, { name, along, app }),
    read: ({ name, along }, columns, after) => readTable(db, { name, columns, along, app }, after),
    positions: () =>
      partsOf(
        (from) => position(`SELECT position FROM outbox WHERE position >= ${from} ORDER BY position LIMIT 1`),
        (before) => position(`SELECT position FROM outbox WHERE position < ${before} ORDER BY position DESC LIMIT 1`),
      ),
    async standing() {
      const [row] = await db.all<{ n: string | null }>(statement(`SELECT sum(n) AS n FROM tally WHERE app = ${app}`));
      return Number(row?.n);
    },
    remove: (table) => removeApp(db, app, table),
    async forget() {
      for (const table of ["arrival_table", "arrival"])
        await db.all(statement(`DELETE FROM ${table} WHERE app = $1`), app);
    },
    async close() {
      await release();
      await db.close();
    },
  };
}

const nothing = (): Promise<void> => Promise.resolve();

function fail(name: string): never {
  throw new TypeError(`${name} is no table of an app's`);
}
