import { it } from "vitest";

import type { RequirementId } from "./requirements.ts";

/**
 * A test that proves requirements. Their ids stand in its title, and coverage.test.ts reads them from the source:
 * they must be written out.
 */
export function proves(...ids: readonly [RequirementId, ...RequirementId[]]) {
  return (title: string, prove: () => Promise<void>): void => {
    it(`${title} [${ids.join(", ")}]`, prove);
  };
}
