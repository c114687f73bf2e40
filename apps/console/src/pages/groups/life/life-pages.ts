import type { AnswerOf } from "../../../api/call.ts";
import { lifeEventOf, type LifeEvent } from "./life-event.ts";

export type LifePage = AnswerOf<"readHistory">;

/**
 * A group's events, oldest first: those of pages that were loaded one behind the other, and of the newest page as it is by now.
 * `undefined` where more has come in between than the newest page has.
 */
export function lifeOf(newest: LifePage, pages: readonly LifePage[]): readonly LifeEvent[] | undefined {
  const last = pages[0]?.callbacks[0]?.position;
  const first = newest.callbacks.at(-1)?.position;
  if (newest.next !== null && last !== undefined && first !== undefined && last < first) return undefined;
  const all = new Map([...pages, newest].flatMap(({ callbacks }) => callbacks).map((one) => [one.position, one]));
  return [...all.values()].toSorted((a, b) => a.position - b.position).map(lifeEventOf);
}
