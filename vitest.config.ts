import { defineConfig } from "vitest/config";

import { SkipReporter } from "./test/harness/skip-reporter.ts";

export default defineConfig({
  test: {
    reporters: ["default", new SkipReporter()],
    // One more than there would be on two cores: tests wait for programs that they start, too.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    globalSetup: ["test/harness/build-console.ts"],
    projects: [
      {
        extends: true,
        test: { name: "SQLite", include: ["{packages,apps}/*/src/**/*.test.ts", "test/**/*.test.ts"] },
      },
      {
        extends: true,
        test: {
          name: "PostgreSQL",
          include: [
            "test/{conformance,model,regression}/*.test.ts",
            "test/e2e/{app-users-membership,before-callbacks,log,logs,quantities,replay,seeds,tracing}.test.ts",
            "test/faults/{both,recorder,server,sinks}-kill.test.ts",
            "test/faults/devices-away.test.ts",
            "packages/recorder/src/http/{group,mirror,sink}-routes.test.ts",
          ],
          env: { MUSTER_TEST_STORE: "postgres" },
          globalSetup: ["test/harness/postgres-of-the-run.ts"],
        },
      },
    ],
  },
});
