import type { Reporter, TestModule } from "vitest/node";

/** Tests that said why they could not run here, a line each. */
function skippedWithReason(modules: readonly TestModule[]): string[] {
  return modules.flatMap((module) =>
    [...module.children.allTests("skipped")].flatMap((test) => {
      const result = test.result();
      const reason = result.state === "skipped" ? result.note : undefined;
      return reason === undefined ? [] : [`${module.relativeModuleId}: ${test.fullName}: ${reason}`];
    }),
  );
}

/**
 * Lists at the end what could not run on this machine, with the reason that the test gave (`ctx.skip(reason)`).
 * With CI=true nothing may be left out: it is a failure there. Tests that a filter left out are not meant.
 */
export class SkipReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = skippedWithReason(modules);
    if (skipped.length === 0) return;
    console.log(`Could not run here:\n${skipped.map((line) => `  ${line}`).join("\n")}`);
    if (process.env["CI"] === "true") process.exitCode = 1;
  }
}
