import type { DatabaseSync } from "node:sqlite";

import type { GroupCommit } from "@muster/foundation";

import {
  mergedPoints,
  resolutions,
  type Resolution,
  type SeriesPoint,
  type SeriesStore,
} from "../../delivery-series.ts";
import { all, one } from "./group-reads.ts";

interface SeriesRow {
  readonly app: number;
  readonly at: number;
  readonly attempts: number;
  readonly delivered: number;
  readonly dead: number;
  readonly pending: number;
  readonly durations: string;
}

/** How endpoints did, a row for each minute and each hour in which there was something to tell. */
export function createSeriesStore(writer: DatabaseSync, reader: DatabaseSync, commits: GroupCommit): SeriesStore {
  const columns = "app, at, attempts, delivered, dead, pending, durations";
  const find = writer.prepare(`SELECT ${columns} FROM series WHERE resolution = ? AND app = ? AND at = ?`);
  const put = writer.prepare(`INSERT OR REPLACE INTO series (resolution, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const select = reader.prepare(
    `SELECT ${columns} FROM series WHERE resolution = ? AND app = ? AND at >= ? ORDER BY at`,
  );
  const remove = writer.prepare("DELETE FROM series INDEXED BY series_age WHERE resolution = ? AND at < ?");

  function addTo(resolution: Resolution, given: SeriesPoint): void {
    const { length } = resolutions[resolution];
    const at = Math.floor(given.at / length) * length;
    const row = one<SeriesRow>(find, resolution, given.sdkAppId, at);
    const { sdkAppId, ...rest } = row ? mergedPoints(toPoint(row), { ...given, at }) : { ...given, at };
    const durations = JSON.stringify(rest.durations);
    put.run(resolution, sdkAppId, at, rest.attempts, rest.delivered, rest.dead, rest.pending, durations);
  }

  return {
    async add(points) {
      await commits.write(() => {
        for (const point of points) {
          addTo("minute", point);
          addTo("hour", point);
        }
      });
    },
    async read(sdkAppId, resolution, from) {
      return all<SeriesRow>(select, resolution, sdkAppId, from).map(toPoint);
    },
    async forget(resolution, before) {
      await commits.write(() => void remove.run(resolution, before));
    },
  };
}

function toPoint({ app, durations, ...rest }: SeriesRow): SeriesPoint {
  return { sdkAppId: app, ...rest, durations: JSON.parse(durations) as number[] };
}
