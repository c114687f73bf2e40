import { expect, it } from "vitest";

import { gather } from "./gather.ts";

it("looks once for all who ask in one go or while it is looking, and tells each what is its own", async () => {
  const looks: string[][] = [];
  const meanwhile: Promise<string | undefined>[] = [];
  const ask = gather(async (keys: readonly string[]) => {
    looks.push([...keys]);
    if (looks.length === 1) meanwhile.push(...["d", "e"].map(ask));
    await Promise.resolve();
    return keys.map((key) => `${key}!`);
  });
  expect(await Promise.all(["a", "b", "c", "b"].map(ask))).toEqual(["a!", "b!", "c!", "b!"]);
  expect(await Promise.all(meanwhile)).toEqual(["d!", "e!"]);
  expect(await ask("f")).toBe("f!");
  expect(looks).toEqual([["a", "b", "c", "b"], ["d", "e"], ["f"]]);
});

it("looks for so many at a time at the most", async () => {
  const looks: string[][] = [];
  const ask = gather(async (keys: readonly string[]) => {
    looks.push([...keys]);
    return await Promise.resolve(keys);
  }, 2);
  expect(await Promise.all(["a", "b", "c", "d", "e"].map(ask))).toEqual(["a", "b", "c", "d", "e"]);
  expect(looks).toEqual([["a", "b"], ["c", "d"], ["e"]]);
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
