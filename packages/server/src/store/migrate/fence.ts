import { isHeldUp, statement, StartError, type Postgres } from "@muster/foundation";

import { appTables } from "./app-tables.ts";

/** Nothing is done to an app's groups that does not write to one of these. */
const ofGroups: ReadonlySet<string> = new Set([
  "account",
  "chat_group",
  "member",
  "topic",
  "ban",
  "mute",
  "group_attribute",
  "application",
]);
/** What commands only add to. What is changed or removed there is so for many apps at once: results, and what is old. */
const addedTo: ReadonlySet<string> = new Set(["lane", "outbox", "given_up", "notice_head", "notice"]);

/** How often a table is tried that others write to for long; all wait who come meanwhile, so each time not for long. */
const TRIES = 30;
const patience = statement("SET LOCAL lock_timeout TO 2000");
/** Whoever comes later knows of all that have left before. */
const hold = statement("SELECT pg_advisory_xact_lock(hashtextextended('muster fence', 0))");
const departed = statement("SELECT app FROM departure ORDER BY app");

/**
 * Keeps everybody out of the rows of apps that leave, or have left: on each table are triggers for them, and none where there
 * are no such apps. Resolves when nothing can be written of them any more: putting a trigger on a table waits for whoever
 * writes to it. What others write to their apps' rows costs them no more than a look at the app's id.
 */
export async function fenceDeparted(db: Postgres): Promise<void> {
  // Lanes first: what is settled then is settled whole, with its attempt and its place in the books.
  const names = appTables.map(({ name }) => name).toSorted((a, b) => Number(b === "lane") - Number(a === "lane"));
  for (const name of names) await fenceTable(db, name);
}

async function fenceTable(db: Postgres, table: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await db.transaction(async (tx) => {
        tx.push(patience);
        tx.push(hold);
        const apps = (await tx.all<{ app: number }>(departed)).map(({ app }) => app);
        for (const sql of triggersOn(table, apps.join(", "))) tx.push(statement(sql));
      });
      return;
    } catch (error) {
      if (tries === TRIES || !(error instanceof StartError && isHeldUp(error))) throw error;
    }
  }
}

function triggersOn(table: string, apps: string): readonly string[] {
  const what = ofGroups.has(table) ? "refuse all" : addedTo.has(table) ? "refuse new" : "leave out";
  const [onWrite, onRemoval] = ["departed", "departed_rows"];
  if (apps === "") return [onWrite, onRemoval].map((name) => `DROP TRIGGER IF EXISTS ${name} ON ${table}`);
  const trigger = (name: string, on: string, row: string): string =>
    `CREATE OR REPLACE TRIGGER ${name} BEFORE ${on} ON ${table} FOR EACH ROW WHEN (${row}.app IN (${apps}))
     EXECUTE FUNCTION keep_as_it_left('${what}')`;
  return [trigger(onWrite, "INSERT OR UPDATE", "NEW"), trigger(onRemoval, "DELETE", "OLD")];
}
