import { expect, it } from "vitest";

import { tellAll } from "./tell-all.ts";

it("tells of everything, with no more at a time than a notification takes", () => {
  const told: string[] = [];
  const tell = (_channel: string, payload: string): void => void told.push(payload);
  tellAll({ tell }, "news", []);
  expect(told).toEqual([]);
  const apps = Array.from({ length: 2_000 }, (_, i) => 1_400_000_001 + i);
  tellAll({ tell }, "news", apps);
  expect(told.join(" ")).toBe(apps.join(" "));
  expect(Math.max(...told.map((payload) => payload.length))).toBeLessThan(8_000);
  expect(told.length).toBeLessThan(5);
});
