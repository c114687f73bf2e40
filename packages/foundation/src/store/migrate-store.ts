import { compareTables, copyTables, countTables, type Copying, type MigrationEvent } from "./copy-tables.ts";
import { openSource } from "./source.ts";
import type { StoreKind } from "./store-kind.ts";
import { openTarget } from "./target.ts";

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
      const { tables, app, schema } = kind;
      const remedy = `remove the schema ${schema} from the database and begin anew`;
      const copying: Copying = { tables, app, source, target, onEvent, remedy };
      const counts = await countTables(copying);
      const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
      const stand = await target.begin(source.stand);
      if (stand !== "complete") {
        onEvent({ event: stand, rows });
        await copyTables(copying);
        await compareTables(copying);
        await target.finish(kind.numbers.map((number) => ({ ...number, last: source.lastOf(number.of) })));
      }
      return { rows, wasComplete: stand === "complete", counts };
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}
