import { createRandom } from "./random.ts";

/**
 * How often programs are killed on SQLite in a run of the whole suite: the campaigns share them. With those that are killed
 * by time, on PostgreSQL, and two at once, it is more than a hundred times.
 */
export const KILLS = Number(process.env["CAMPAIGN_KILLS"] ?? 84);

/** Numbers from 0 up to 1, one for each thing: the same for a seed whatever comes first. */
export function createDraw(seed: number): (thing: string) => number {
  return (thing) => {
    let mixed = seed | 0;
    for (let i = 0; i < thing.length; i += 1) mixed = Math.imul(mixed ^ thing.charCodeAt(i), 0x01000193);
    return createRandom(mixed)();
  };
}
