import { createRandom } from "@muster/receiver/testing";

import { drawApps } from "../cells/apps.ts";
import { measureCost } from "../cells/cost.ts";
import { simulateDay, type Day, type Troubles } from "../cells/day.ts";
import { placeByHash, placeByTable, shareOf, type CellSize } from "../cells/placement.ts";
import { figure, type Row } from "../figure.ts";

const SEED = Number(process.env["CAMPAIGN_SEED"] ?? 1);
const TOTALS = { apps: 100_000, callbacks: 1_000_000, groups: 1_000_000_000 };
/** How unlike apps are: the nth is to the largest as 1 to n to this power. */
const SKEW = 0.5;

/** The machines of a cell, as the plan in docs/guides/scale.md has them. */
const CELL = {
  databaseCores: 64,
  serverCores: 128,
  /** Of the processors' time; the rest is for what is not measured here: autovacuum, replication, reads. */
  usable: 0.5,
  diskBytes: 16e12,
  /** How long settled callbacks are kept. */
  retentionDays: 1,
};
/** How full cells are made, on average over a day: busy hours have 1.8 times that. */
const FILL = 0.45;
const TROUBLES: Troubles = { bursts: 1_000, burstTimes: 20, burstMinutes: 10, outageMinutes: 15 };

/**
 * What a command and its callback take on PostgreSQL, measured; how many cells that makes for 100,000 apps with
 * 1 billion groups and 1 million callbacks a second; and a simulated day of them, with bursts and the loss of a cell.
 */
export async function cells(): Promise<Row[]> {
  const cost = await measureCost();
  const perCell = Math.min(
    (CELL.databaseCores * CELL.usable) / cost.ofDatabase,
    (CELL.serverCores * CELL.usable) / cost.ofServer,
  );
  const kept = perCell * FILL * 86_400 * CELL.retentionDays * cost.bytesOfCallback;
  const size: CellSize = { callbacks: perCell, groups: (CELL.diskBytes - kept) / cost.bytesOfGroup, fill: FILL };
  if (size.groups <= 0) throw new Error("a cell's disk does not hold its callbacks: keep them for less long");

  const random = createRandom(SEED);
  const apps = drawApps(TOTALS, SKEW, random);
  const table = placeByTable(apps, size);
  const day = simulateDay(apps, table, size, TROUBLES, createRandom(SEED));
  const hashed = simulateDay(apps, placeByHash(apps, table.cells), size, TROUBLES, createRandom(SEED));
  const largest = apps[0] ? shareOf(apps[0], size) : 0;
  return [
    figure("a command and its callback on PostgreSQL: the server's processor time", cost.ofServer * 1e6, "µs"),
    figure("a command and its callback on PostgreSQL: the database's processor time", cost.ofDatabase * 1e6, "µs"),
    figure("a group with 10 members on PostgreSQL", cost.bytesOfGroup, "bytes"),
    figure("a delivered callback with its attempt on PostgreSQL", cost.bytesOfCallback, "bytes"),
    figure("a cell: callbacks", perCell, "/s"),
    figure("a cell: groups", size.groups / 1e6, "million"),
    figure("cells for 100,000 apps, 1 billion groups, 1 million callbacks/s", table.cells, ""),
    figure("the largest app, of a cell", largest, ""),
    ...ofDay("a table says where apps are", day),
    ...ofDay("apps are hashed to as many cells", hashed),
  ];
}

function ofDay(name: string, day: Day): Row[] {
  return [
    figure(`a day, ${name}: the fullest cell's busiest minute, of what it can do`, day.fullestPeak, ""),
    figure(`a day, ${name}: callbacks late by more than 1 s`, day.callbacksLate * 100, "%"),
    figure(`a day, ${name}: apps with such callbacks`, day.appsLate * 100, "%"),
    figure(`a day, ${name}: the longest delay`, day.worstDelay, "s"),
    figure(
      `a day, ${name}: not accepted while the largest cell was gone`,
      (day.refused * 100) / (day.accepted + day.refused),
      "%",
    ),
    figure(`a day, ${name}: not delivered by its end`, day.accepted - day.delivered, ""),
  ];
}
