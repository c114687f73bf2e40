import type { CopiedTable } from "@muster/foundation";

import { serverStore } from "./server-store.ts";

/**
 * What the admin API has changed of an app is encrypted with its cell's key. It stays: an app is served where somebody has
 * entered it, and by then its data are there.
 */
const STAYS = "app_change";

/** All that is an app's own, in the order in which it is copied: what is pending comes last but for what follows from it. */
export const appTables: readonly CopiedTable[] = serverStore.tables
  .filter(({ name }) => name !== STAYS)
  .map(({ along, ...table }) => ({ ...table, along: inApp(along) }));

/** The same tables of a file, of one app. One pass through the table, whatever its indexes begin with. */
export function tablesInFile(app: number): readonly CopiedTable[] {
  return appTables.map(({ name, rows, key, along }) => ({
    name,
    rows: `SELECT * FROM (${rows}) WHERE +app = ${app}`,
    key,
    along,
  }));
}

/** Columns that hold positions of the outbox, which are others in another store. */
export const positionColumns: Readonly<Record<string, readonly string[]>> = {
  lane: ["head"],
  outbox: ["position", "replay_of"],
  attempt: ["position"],
  given_up: ["position"],
};

/** Sequences of the numbers that a table's rows have, which go on behind those of the app. */
export const appNumbers = [
  ["chat_group", "created"],
  ["member", "joined"],
  ["topic", "created"],
  ["application", "applied"],
] as const;

function inApp([first, ...behind]: CopiedTable["along"]): CopiedTable["along"] {
  const [next, ...others] = behind;
  // A table with one row for each app.
  return next === undefined ? [first] : [next, ...others];
}
