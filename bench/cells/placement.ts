import type { App } from "./apps.ts";

/** What a cell holds at most: beyond `fill` of it nothing more is placed there. */
export interface CellSize {
  readonly callbacks: number;
  readonly groups: number;
  /** From 0 to 1: the rest is for the busy hours, for bursts and for catching up. */
  readonly fill: number;
}

/** The cell of each app, by the app's index. */
export interface Placement {
  readonly cells: number;
  readonly cellOf: readonly number[];
}

/** Which part of a cell an app takes: that of what it asks most of. */
export function shareOf({ callbacks, groups }: App, size: CellSize): number {
  return Math.max(callbacks / size.callbacks, groups / size.groups);
}

/** Each app to the emptiest cell, the largest apps first, in as few cells as that takes: what a table can do. */
export function placeByTable(apps: readonly App[], size: CellSize): Placement {
  const shares = apps.map((app) => shareOf(app, size));
  const needed = shares.reduce((sum, share) => sum + share, 0) / size.fill;
  for (let cells = Math.ceil(needed); ; cells += 1) {
    const { cellOf, filled, apps: counts } = placeInto(shares, cells);
    // An app that is too large for its share of a cell has one of its own, whatever the number of cells.
    if (filled.every((fill, cell) => fill <= size.fill || counts[cell] === 1)) return { cells, cellOf };
  }
}

/** Each app to the cell that its number hashes to: what can be done without a table. */
export function placeByHash(apps: readonly App[], cells: number): Placement {
  return { cells, cellOf: apps.map((_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 0) % cells) };
}

function placeInto(shares: readonly number[], cells: number): { cellOf: number[]; filled: number[]; apps: number[] } {
  const filled = Array.from({ length: cells }, () => 0);
  const apps = Array.from({ length: cells }, () => 0);
  // A heap of cells, the emptiest on top.
  const heap = Array.from({ length: cells }, (_, cell) => cell);
  const fillAt = (place: number): number => filled[heap[place] ?? -1] ?? Infinity;
  const cellOf = shares.map((share) => {
    const cell = heap[0] ?? 0;
    apps[cell] = (apps[cell] ?? 0) + 1;
    filled[cell] = (filled[cell] ?? 0) + share;
    for (let place = 0; ;) {
      const left = 2 * place + 1;
      const least = fillAt(left) <= fillAt(left + 1) ? left : left + 1;
      if (fillAt(least) >= fillAt(place)) break;
      const [upper = 0, lower = 0] = [heap[place], heap[least]];
      heap[place] = lower;
      heap[least] = upper;
      place = least;
    }
    return cell;
  });
  return { cellOf, filled, apps };
}
