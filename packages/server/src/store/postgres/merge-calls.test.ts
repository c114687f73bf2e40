import { expect, it } from "vitest";

import { statementForMany, type StatementForMany } from "./for-many.ts";
import { mergeCalls } from "./merge-calls.ts";

const named = (text: string): StatementForMany => statementForMany(text, { values: ([first]) => first });
const [add, remove, tell, count] = [named("add"), named("remove"), named("tell"), named("count")];

function merged(...works: readonly (readonly (readonly [StatementForMany, string])[])[]): string[] {
  const calls = works.map((work) => work.map(([statement, value]) => ({ statement, values: [1, value] })));
  return mergeCalls(calls).map(
    ({ many, calls: own }) => `${many.statement.text} ${own.map(({ values }) => values[1]).join("+")}`,
  );
}

it("makes one of what several do, and leaves each in its order", () => {
  expect(
    merged(
      [
        [add, "a"],
        [tell, "a"],
        [count, "a"],
      ],
      [
        [remove, "b"],
        [tell, "b"],
        [count, "b"],
      ],
      [
        [add, "c"],
        [count, "c"],
      ],
    ),
  ).toEqual(["add a+c", "remove b", "tell a+b", "count a+b+c"]);
});

it("leaves apart what one does twice, and comes to an end where each waits for the other", () => {
  expect(
    merged(
      [
        [add, "a"],
        [add, "b"],
      ],
      [[add, "c"]],
    ),
  ).toEqual(["add a+c", "add b"]);
  expect(
    merged(
      [
        [add, "a"],
        [remove, "a"],
      ],
      [
        [remove, "b"],
        [add, "b"],
      ],
    ),
  ).toEqual(["add a", "remove a+b", "add b"]);
});

it("leaves apart what does not fit together", () => {
  const limit = statementForMany("limit", { values: ([first]) => first, fits: ([, one], [, other]) => one === other });
  expect(merged([[limit, "5"]], [[limit, "6"]], [[limit, "5"]])).toEqual(["limit 5+5", "limit 6"]);
});
