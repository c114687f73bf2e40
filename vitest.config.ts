import { defineConfig } from "vitest/config";

import { onBothStores, onPostgresWhenAsked } from "./test/harness/on-postgres.ts";
import { SkipReporter } from "./test/harness/skip-reporter.ts";

const parts = "{packages,apps}/*/src/**/*.test.ts";

/** What whole programs are tested with. */
const setupFiles = ["test/harness/end-children.ts"];

/** Files share a process, as no test keeps a state in it: to load everything anew for each takes longer than most take. */
const isolate = false;

/** All there is on SQLite, the store that needs nothing. */
const onSqlite = [
  { extends: true as const, test: { name: "parts", include: [parts], isolate } },
  { extends: true as const, test: { name: "SQLite", include: ["test/**/*.test.ts"], setupFiles, isolate } },
];

/** The same files again, on PostgreSQL: see `test/harness/store.ts`. */
const onPostgres = (include: string[]) => ({
  extends: true as const,
  test: {
    name: "PostgreSQL",
    include,
    setupFiles,
    isolate,
    env: { MUSTER_TEST_STORE: "postgres" },
    globalSetup: ["test/harness/postgres-of-the-run.ts"],
  },
});

export default defineConfig({
  test: {
    globalSetup: ["test/harness/build-console.ts"],
    reporters: ["default", new SkipReporter()],
    // One more than cores: tests wait for programs that they start, too.
    maxWorkers: 3,
    // They end what hangs. What takes long on a machine that does much else is no failure.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    projects:
      process.env["MUSTER_TEST_STORE"] === "postgres"
        ? [onPostgres([...onBothStores, ...onPostgresWhenAsked])]
        : [...onSqlite, onPostgres(onBothStores)],
  },
});
