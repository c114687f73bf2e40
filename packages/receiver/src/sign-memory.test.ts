import { callbackSign } from "@muster/protocol";
import { expect, it } from "vitest";

import { createSignMemory } from "./sign-memory.ts";

it("a sign that is remembered is the one that is made, for each token and time", async () => {
  const signOf = createSignMemory();
  for (const [token, time] of [
    ["a", "1700000000"],
    ["a", "1700000001"],
    ["b", "1700000000"],
    ["0 a", "170000000"],
    ["a", "1700000000"],
  ] as const) {
    expect(await signOf(token, time)).toBe(await callbackSign(token, time));
  }
});

it("signs are made once, and made again when there were too many others", async () => {
  const signOf = createSignMemory();
  await signOf("token", "1");
  expect(signOf("token", "1")).toBe(await callbackSign("token", "1"));
  for (let time = 2; time <= 1_001; time += 1) await signOf("token", String(time));
  const again = signOf("token", "1");
  expect(again).toBeInstanceOf(Promise);
  expect(await again).toBe(await callbackSign("token", "1"));
});
