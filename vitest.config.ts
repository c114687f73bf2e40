import { defineConfig } from "vitest/config";

import { SkipReporter } from "./test/harness/skip-reporter.ts";

export default defineConfig({
  test: {
    include: ["{packages,apps}/*/src/**/*.test.ts", "test/**/*.test.ts"],
    globalSetup: ["test/harness/build-console.ts"],
    reporters: ["default", new SkipReporter()],
    // One more than there would be on two cores: tests wait for programs that they start, too.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
});
