import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { fit } from "./fit.ts";

const list = z.object({ list: z.array(z.string()) });

describe("a value from outside", () => {
  it("is what the schema makes of it where it fits", () => {
    expect(fit(list, { list: ["a"], more: 1 })).toEqual({ ok: true, value: { list: ["a"] } });
  });

  it("is refused with its problems and their places", () => {
    const refused = fit(list, { list: ["a", 1] });
    expect(refused).toMatchObject({ ok: false, problems: "list[1] must be a string", issues: [{ path: ["list", 1] }] });
  });

  it("is refused with ten of its problems, and the number of the others", () => {
    const { problems } = fit(list, { list: Array.from({ length: 13 }, () => 1) }) as { problems: string };
    expect(problems.split("; ")).toHaveLength(11);
    expect(problems).toMatch(/^list\[0\] must be a string; .*; and 3 more$/);
  });

  it("is refused, and nothing breaks, where there are more problems than can be collected", () => {
    const wrong = fit(list, { list: Array.from({ length: 400_000 }, () => 1) });
    expect(wrong).toMatchObject({ ok: false, problems: expect.stringMatching(/more/) });
  });
});
