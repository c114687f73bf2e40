import type { TestOptions } from "vitest";

import type { RequirementId } from "./requirements.ts";

declare module "vitest" {
  interface TaskMeta {
    /** The requirements that a test proves. */
    proves?: readonly RequirementId[];
  }
}

/**
 * The requirements that a test proves, for its options: `it("…", proves("usersig:expired"), async () => …)`.
 * coverage.test.ts reads the ids from the source, so they must be written out.
 */
export function proves(...ids: readonly [RequirementId, ...RequirementId[]]): TestOptions {
  return { meta: { proves: ids } };
}
