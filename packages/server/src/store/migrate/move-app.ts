import {
  compareTables,
  copyTables,
  countTables,
  StartError,
  type Copying,
  type MigrationEvent,
} from "@muster/foundation";

import { openAppSource, type AppSource } from "./app-source.ts";
import { appTables, positionColumns } from "./app-tables.ts";
import { openAppTarget, type AppTarget } from "./app-target.ts";
import { movedPositions } from "./positions.ts";

export interface AppMove {
  readonly app: number;
  /** `sqlite:PATH` or `postgres://…`: the cell that the app leaves. */
  readonly from: string;
  /** The URL of the database of the cell that it moves to. */
  readonly to: string;
  readonly onEvent: (event: MigrationEvent) => void;
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
 *   COPYING   The target has a part of it, and serves none of it.
 *   PARTING   The target has all of it, and it is the target's. The source may have some of it.
 *   MOVED     The source has nothing of it.
 *
 * @throws {StartError} `STORE_UNUSABLE` where one of them cannot be used, or has something that would be lost
 */
export async function moveApp({ app, from, to, onEvent }: AppMove): Promise<MovedApp> {
  const source = await openAppSource(from, app);
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
  const counts = [...(await countTables({ tables: appTables, source })).values()];
  const rows = counts.reduce((sum, count) => sum + count, 0);
  const known = await target.known();
  if (known?.state === "moved") {
    if (rows === 0) return { rows, wasComplete: true };
    throw refusedSource(app, "has moved before, and a server has run on --from since: it has data in both");
  }
  if (known?.state === "parting") {
    const [then] = JSON.parse(known.source) as [number[]];
    if (counts.some((count, i) => count > (then[i] ?? 0))) {
      throw refusedSource(app, "is in --to, and a server has run on --from since: what that has made would be lost");
    }
  } else if (rows === 0) {
    throw refusedSource(app, "has nothing in the store that --from names");
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
    await target.arrived();
  }
  // What others follow from goes last.
  for (const { name } of appTables.toReversed())
    onEvent({ event: "removed", table: name, rows: await source.remove(name) });
  await source.forget();
  await target.parted();
  return { rows, wasComplete: false };
}

function refusedSource(app: number, why: string): StartError {
  return new StartError("STORE_UNUSABLE", `The app ${app} ${why}.`);
}
