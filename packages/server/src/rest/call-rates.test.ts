import { restCommands } from "@muster/protocol";
import { expect, it } from "vitest";

import type { App } from "../app-settings.ts";
import { createCallRates } from "./call-rates.ts";
import { demoApp } from "../../../../test/harness/demo-app.ts";

const NOW = 1_700_000_000_000;
const { createGroup, destroyGroup, getAppidGroupList, accountCheck } = restCommands;
const app = (rates: App["rates"], sdkAppId = 1400000001): App => ({ ...demoApp, rates, sdkAppId });

/** How many of so many calls in one second keep to the rate. */
function kept(
  rates: App["rates"],
  command: typeof createGroup | typeof getAppidGroupList | typeof accountCheck,
): number {
  const calls = createCallRates();
  return Array.from({ length: 300 }, (_, i) => calls.exceeded(app(rates), command, NOW + i)).filter(
    (rate) => rate === undefined,
  ).length;
}

it("counts nothing for an app without rates", () => {
  expect(kept(undefined, createGroup)).toBe(300);
});

it("lets as many calls of a command through in a second as the app's rate says", () => {
  expect(kept(7, createGroup)).toBe(7);
  expect(kept(7, getAppidGroupList)).toBe(7);
});

it("knows the documented rates", () => {
  expect(kept("documented", createGroup)).toBe(200);
  expect(kept("documented", accountCheck)).toBe(100);
  expect(kept("documented", getAppidGroupList)).toBe(1);
});

it("says which rate was exceeded, and begins anew with each second", () => {
  const calls = createCallRates();
  expect(calls.exceeded(app(1), createGroup, NOW)).toBeUndefined();
  expect(calls.exceeded(app(1), createGroup, NOW + 999)).toBe(1);
  expect(calls.exceeded(app(1), createGroup, NOW + 1000)).toBeUndefined();
});

it("counts each app and each command by itself, whatever settings an app has meanwhile", () => {
  const calls = createCallRates();
  expect(calls.exceeded(app(1), createGroup, NOW)).toBeUndefined();
  expect(calls.exceeded(app(1), destroyGroup, NOW)).toBeUndefined();
  expect(calls.exceeded(app(1, 1400000002), createGroup, NOW)).toBeUndefined();
  expect(calls.exceeded(app(2), createGroup, NOW)).toBeUndefined();
  expect(calls.exceeded(app(2), createGroup, NOW)).toBe(2);
});
