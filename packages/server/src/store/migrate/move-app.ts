import {
  compareTables,
  copyTables,
  countTables,
  StartError,
  type Clock,
  type Copying,
  type MigrationEvent,
} from "@muster/foundation";

import { openAppSource, type AppSource } from "./app-source.ts";
import { appTables, positionColumns } from "./app-tables.ts";
import { openAppTarget, type AppTarget, type Arrival } from "./app-target.ts";
import { movedPositions } from "./positions.ts";

export interface AppMove {
  readonly app: number;
  /** `sqlite:PATH` or `postgres://…`: the cell that the app leaves. */
  readonly from: string;
  /** The URL of the database of the cell that it moves to. */
  readonly to: string;
  readonly onEvent: (event: MigrationEvent) => void;
  readonly clock: Clock;
}

export interface MovedApp {
  readonly rows: number;
  /** It had moved before, and nothing was done. */
  readonly wasComplete: boolean;
}

/**
 * Moves all that is an app's own from one store to another that has other apps: copied piece by piece, compared, and then
 * removed from where it was. Whoever is killed goes on when started again.
 *
 *   COPYING   The target has a part of it, and serves none of it; the source keeps it closed ({@link Departure}).
 *   PARTING   The target has all of it, and it is the target's. The source may have some of it.
 *   MOVED     The source has nothing of it.
 *
 * @throws {StartError} `STORE_UNUSABLE` where one of them cannot be used, or has something that would be lost
 */
export async function moveApp({ app, from, to, onEvent, clock }: AppMove): Promise<MovedApp> {
  const source = await openAppSource(from, app, clock);
  try {
    const target = await openAppTarget(to, app);
    try {
      return await moveBetween(app, source, target, onEvent);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function moveBetween(
  app: number,
  source: AppSource,
  target: AppTarget,
  onEvent: AppMove["onEvent"],
): Promise<MovedApp> {
  const known = await target.known();
  const there = await countRowsOf(source);
  if (known?.state === "moved") {
    if (there.rows === 0) return { rows: 0, wasComplete: true };
    throw refusedSource(app, "has moved before, and a server has run on --from since: it has data in both");
  }
  if (there.rows === 0 && known?.state !== "parting") {
    throw refusedSource(app, "has nothing in the store that --from names");
  }
  try {
    await source.closeApp();
    return await moveClosed(app, source, target, known, onEvent);
  } catch (error) {
    // Where that fails as well, servers find out by themselves that nobody moves it.
    await source.reopenApp().catch(() => undefined);
    throw error;
  }
}

/** Moves what nobody changes any more. */
async function moveClosed(
  app: number,
  source: AppSource,
  target: AppTarget,
  known: Arrival | undefined,
  onEvent: AppMove["onEvent"],
): Promise<MovedApp> {
  const { counts, rows } = await countRowsOf(source);
  if (known?.state === "parting") {
    const [then] = JSON.parse(known.source) as [number[]];
    if (counts.some((count, i) => count > (then[i] ?? 0))) {
      throw refusedSource(app, "is in --to, and a server has run on --from since: what that has made would be lost");
    }
  } else {
    const positions = movedPositions(await source.positions());
    const stand = JSON.stringify([counts, await source.standing(), positions.length]);
    const { low } = await target.begin(stand, positions.length);
    onEvent({ event: known?.source === stand ? "resumed" : "begun", rows });
    const copying: Copying = {
      tables: appTables,
      app: "app",
      source,
      target,
      renumbered: (table, column) =>
        positionColumns[table]?.includes(column)
          ? (value) => (value === null ? null : positions.of(Number(value), low))
          : undefined,
      onEvent,
      remedy: "start it again, and it begins anew",
    };
    await copyTables(copying);
    await compareTables(copying).catch(async (error: unknown) => {
      await target.failed();
      throw error;
    });
    await source.leave();
    await target.arrived();
  }
  // What others follow from goes last.
  for (const { name } of appTables.toReversed())
    onEvent({ event: "removed", table: name, rows: await source.remove(name) });
  await source.forget();
  await target.parted();
  return { rows, wasComplete: false };
}

/** What the source has of the app: rows of each table, and of all. */
async function countRowsOf(source: AppSource): Promise<{ readonly counts: readonly number[]; readonly rows: number }> {
  const counts = [...(await countTables({ tables: appTables, source })).values()];
  return { counts, rows: counts.reduce((sum, n) => sum + n, 0) };
}

function refusedSource(app: number, why: string): StartError {
  return new StartError("STORE_UNUSABLE", `The app ${app} ${why}.`);
}
