import { StartError } from "@muster/foundation";
import { expect, it } from "vitest";

import { loadDriver } from "./load-driver.ts";

it("says what to install where a package is missing", async () => {
  const name: string = "@muster/no-such-driver";
  const loading = loadDriver("kafka", ["a", "b"], () => import(/* @vite-ignore */ name));
  await expect(loading).rejects.toEqual(
    new StartError("DRIVER_MISSING", "Sinks of type kafka need what is not installed: npm install a b"),
  );
});

it("passes on what else goes wrong, and what is there", async () => {
  await expect(loadDriver("kafka", [], () => Promise.reject(new TypeError("broken")))).rejects.toThrow("broken");
  expect((await loadDriver("file", [], () => import("node:fs"))).existsSync("/")).toBe(true);
});
