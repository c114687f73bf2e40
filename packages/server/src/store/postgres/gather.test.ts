import { expect, it } from "vitest";

import { gather } from "./gather.ts";

it("looks once for all who ask while it is looking, and tells each what is its own", async () => {
  const looks: string[][] = [];
  const ask = gather(async (keys: readonly string[]) => {
    looks.push([...keys]);
    await Promise.resolve();
    return keys.map((key) => `${key}!`);
  });
  expect(await Promise.all(["a", "b", "c", "b"].map(ask))).toEqual(["a!", "b!", "c!", "b!"]);
  expect(await ask("d")).toBe("d!");
  expect(looks).toEqual([["a"], ["b", "c", "b"], ["d"]]);
});

it("fails those who asked together, and looks again for the next", async () => {
  let fails = true;
  const ask = gather(async (keys: readonly string[]) => {
    if (fails) throw new Error("no");
    return keys;
  });
  await expect(ask("a")).rejects.toThrow("no");
  fails = false;
  expect(await ask("a")).toBe("a");
});
