import { DatabaseSync } from "node:sqlite";

import { createGroupCommit } from "@muster/foundation";
import { expect, it } from "vitest";

import { createDeliveries } from "./deliveries.ts";
import { migrations } from "./migrations.ts";

/** The plan of each statement that is prepared, step by step. */
function plansOf(db: DatabaseSync, prepareAll: (db: DatabaseSync) => void): { sql: string; steps: string[] }[] {
  const statements: string[] = [];
  const spying = Object.create(db, {
    prepare: {
      value(sql: string) {
        statements.push(sql);
        return db.prepare(sql);
      },
    },
  }) as DatabaseSync;
  prepareAll(spying);
  return statements.map((sql) => ({
    sql,
    steps: db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all()
      .map((row) => String(row["detail"])),
  }));
}

it("finds deliveries along keys, and sorts nothing but what an app has pending", () => {
  const db = new DatabaseSync(":memory:");
  for (const { sql } of migrations) db.exec(sql);
  const commits = createGroupCommit(db);
  const plans = plansOf(db, (spied) => createDeliveries(spied, spied, commits, () => Promise.resolve()));
  expect(plans.length).toBeGreaterThan(20);
  // The ledger has a row for each app; what else is left are the rows of a subquery, and "SELECT" without a table.
  const scanning = plans.filter(({ steps }) =>
    steps.some((step) => /^SCAN (?!\(subquery|head|CONSTANT ROW|ledger)/.test(step)),
  );
  expect(scanning.map(({ sql }) => sql)).toEqual([]);
  const sorting = plans.filter(({ steps }) => steps.some((step) => step.includes("TEMP B-TREE")));
  expect(sorting.every(({ sql }) => sql.includes("lane INDEXED BY lane_due"))).toBe(true);
  expect(sorting).toHaveLength(2);
});
