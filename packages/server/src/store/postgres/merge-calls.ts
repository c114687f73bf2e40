import { listOf, type StatementForMany, type Values } from "./for-many.ts";

/** A call that one piece of work makes. */
export interface CallForMany {
  readonly statement: StatementForMany;
  readonly values: Values;
}

/** Calls that are one statement. */
export interface Merged<C extends CallForMany> {
  readonly many: StatementForMany["many"];
  readonly calls: readonly C[];
}

/**
 * Makes few statements of the calls of several pieces of work. Those of one work stay in their order. A statement waits
 * as long as somebody comes to it later.
 */
export function mergeCalls<C extends CallForMany>(sequences: readonly (readonly C[])[]): readonly Merged<C>[] {
  const merged: Merged<C>[] = [];
  let left = sequences.filter(({ length }) => length > 0).map((calls) => ({ calls, next: 0 }));
  while (left.length > 0) {
    const heads = left.flatMap(({ calls, next }) => calls[next] ?? []);
    const isAwaited = ({ statement }: C): boolean =>
      left.some(({ calls, next }) => calls.some((call, i) => i > next && call.statement === statement));
    const first = heads.find((head) => !isAwaited(head)) ?? heads[0];
    if (!first) break;
    const { many } = first.statement;
    const joining = left.filter(({ calls, next }) => {
      const head = calls[next];
      return head?.statement === first.statement && (many.fits?.(first.values, head.values) ?? true);
    });
    merged.push({ many, calls: joining.flatMap(({ calls, next }) => calls[next] ?? []) });
    for (const one of joining) one.next += 1;
    left = left.filter(({ calls, next }) => next < calls.length);
  }
  return merged;
}

/** What nobody else may touch who shares the commit. */
export function claimOf({ statement: { many }, values }: CallForMany): readonly unknown[] {
  return many.claims === undefined ? [] : listOf([values], many.claims);
}
