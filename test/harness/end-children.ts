import { afterAll } from "vitest";

import { endChildren } from "./children.ts";

afterAll(() => {
  const forgotten = endChildren();
  if (forgotten.length > 0)
    throw new Error(`tests of this file ended without ending what they had started:\n${forgotten.join("\n")}`);
});
