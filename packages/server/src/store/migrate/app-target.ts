import {
  COPYING,
  fillTables,
  openPostgres,
  refused,
  refuseIncomplete,
  statement,
  type FilledTables,
  type Postgres,
  type PostgresTransaction,
} from "@muster/foundation";

import { migrations, SCHEMA } from "../postgres/migrations.ts";
import { appNumbers, appTables } from "./app-tables.ts";
import { fenceDeparted } from "./fence.ts";
import { PERIOD } from "./positions.ts";
import { removeApp } from "./remove-app.ts";

const lock = statement("LOCK TABLE arrival IN EXCLUSIVE MODE");
const find = statement("SELECT state, source, low FROM arrival WHERE app = $1");
const begin = statement("INSERT INTO arrival (app, state, source, low, high) VALUES ($1, 'copying', $2, $3, $4)");
const beginTable = statement("INSERT INTO arrival_table (app, name, copied) VALUES ($1, $2, 0)");
const forget = statement("DELETE FROM arrival WHERE app = $1");
const forgetTables = statement("DELETE FROM arrival_table WHERE app = $1");
const stand = statement("UPDATE arrival SET state = $2 WHERE app = $1");
const beginAnew = statement("UPDATE arrival SET source = '' WHERE app = $1 AND state = 'copying'");
const copied = statement("SELECT copied, last FROM arrival_table WHERE name = $1 AND app = $2");
const goOn = statement(
  `UPDATE arrival_table SET copied = $2, last = $3 WHERE name = $1 AND copied = $4 AND app = $5 RETURNING 1`,
);
// Whoever alters a sequence keeps everybody from its numbers until the commit.
const holdPositions = statement("ALTER SEQUENCE outbox_position INCREMENT BY 1");
const comesBack = statement("DELETE FROM departure WHERE app = $1 RETURNING 1");
const lastPosition = statement("SELECT last_value AS last FROM outbox_position");
const knowAndOpen = statement(
  `SELECT pg_notify('muster_told', $1), pg_notify('muster_words', 'muster-migrate-store apps ')`,
);

/** How far an app is that comes. */
export interface Arrival {
  readonly state: "copying" | "parting" | "moved";
  /** The first of its callbacks' positions here. */
  readonly low: number;
  /** What the source held when it began. */
  readonly source: string;
}

/** The database that an app moves to. Servers may be running on it: they do not serve the app until all of it is there. */
export interface AppTarget extends FilledTables {
  /** Where an app that has been here is; `undefined` of one that has not. */
  known(): Promise<Arrival | undefined>;
  /** Begins, or goes on. Of what was begun when the source was another, nothing is left. */
  begin(source: string, positions: number): Promise<Arrival>;
  /** What is there is not what the source holds: the next one begins anew. */
  failed(): Promise<void>;
  /** All of it is there. */
  arrived(): Promise<void>;
  /** Nothing is left in the source. */
  parted(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the database that an app moves to.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openAppTarget(url: string, app: number): Promise<AppTarget> {
  const db = await openPostgres(url, { schema: SCHEMA, migrations, ...COPYING });
  await refuseIncomplete(db);
  const known = async (): Promise<Arrival | undefined> => (await db.all<Arrival>(find, app))[0];
  return {
    ...fillTables(db, { copied, goOn, app }),
    known,
    async begin(source, positions) {
      const begun = await known();
      if (begun?.source === source) return begun;
      if (begun) await removeBegun(db, app);
      const { hadLeft, ...arrival } = await db.transaction((tx) => beginIn(tx, app, source, positions));
      if (hadLeft) await fenceDeparted(db);
      return arrival;
    },
    async failed() {
      await db.all(beginAnew, app);
    },
    async arrived() {
      await db.transaction(async (tx) => {
        for (const [table, column] of appNumbers) {
          const sequence = `${table}_${column}_seq`;
          tx.push(
            statement(
              `SELECT setval('${sequence}', newest) FROM ${sequence}, (
                 SELECT max(${column}) AS newest FROM ${table} WHERE app = $1
               ) AS ofApp WHERE newest > last_value`,
            ),
            app,
          );
        }
        tx.push(stand, app, "parting");
        tx.push(knowAndOpen, String(app));
      });
    },
    async parted() {
      await db.all(stand, app, "moved");
    },
    close: () => db.close(),
  };
}

async function removeBegun(db: Postgres, app: number): Promise<void> {
  for (const { name } of appTables.toReversed()) await removeApp(db, app, name);
  await db.transaction(async (tx) => {
    tx.push(forgetTables, app);
    tx.push(forget, app);
  });
}

async function beginIn(
  tx: PostgresTransaction,
  app: number,
  source: string,
  positions: number,
): Promise<Arrival & { readonly hadLeft: boolean }> {
  await tx.all(lock);
  if ((await tx.all(find, app)).length > 0) throw refused("is being filled by another muster migrate-store");
  for (const { name } of appTables) {
    if ((await tx.all(statement(`SELECT 1 FROM ${name} WHERE app = $1 LIMIT 1`), app)).length > 0) {
      throw refused(`has the app ${app} already (in ${SCHEMA}.${name}); an app is entered there after it has moved`);
    }
  }
  tx.push(holdPositions);
  const [row] = await tx.all<{ last: number }>(lastPosition);
  const low = (row?.last ?? 0) + 1;
  const high = low + Math.max(positions, 1) - 1;
  // Its callbacks are of the period that is now.
  if (Math.floor(low / PERIOD) !== Math.floor(high / PERIOD)) {
    throw refused("has not enough positions left until its next period begins; try again in a day");
  }
  tx.push(statement(`ALTER SEQUENCE outbox_position RESTART WITH ${high + 1}`));
  tx.push(begin, app, source, low, high);
  for (const { name } of appTables) tx.push(beginTable, app, name);
  const hadLeft = (await tx.all(comesBack, app)).length > 0;
  return { state: "copying", low, source, hadLeft };
}
