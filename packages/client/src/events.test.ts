import { afterEach, expect, it, vi } from "vitest";

import { createEmitter, EVENT, type ClientEvent, type Listener } from "./events.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

it("a listener hears its event until it is taken off", () => {
  const { on, off, emit } = createEmitter();
  const heard: ClientEvent<typeof EVENT.SDK_READY>[] = [];
  const listener: Listener<typeof EVENT.SDK_READY> = (event) => heard.push(event);
  on(EVENT.SDK_READY, listener);
  on(EVENT.SDK_READY, listener);
  emit(EVENT.SDK_READY, { userID: "leckie" });
  emit(EVENT.SDK_NOT_READY, { code: 1000, reason: "" });
  off(EVENT.SDK_READY, listener);
  off(EVENT.SDK_READY, listener);
  emit(EVENT.SDK_READY, { userID: "peter" });
  expect(heard).toEqual([{ name: "sdkStateReady", data: { userID: "leckie" } }]);
});

it("a listener that throws is told of on the console, and does not keep the others from hearing", () => {
  const told = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { on, emit } = createEmitter();
  const fault = new Error("the app's own");
  const heard: string[] = [];
  on(EVENT.SDK_READY, () => {
    throw fault;
  });
  on(EVENT.SDK_READY, ({ data }) => heard.push(data.userID));
  emit(EVENT.SDK_READY, { userID: "leckie" });
  expect(heard).toEqual(["leckie"]);
  expect(told.mock.calls).toEqual([["A listener of sdkStateReady failed:", fault]]);
});

it("a listener that is added while an event is told hears the next one", () => {
  const { on, emit } = createEmitter();
  const heard: string[] = [];
  on(EVENT.SDK_READY, () => on(EVENT.SDK_READY, ({ data }) => heard.push(data.userID)));
  emit(EVENT.SDK_READY, { userID: "leckie" });
  expect(heard).toEqual([]);
  emit(EVENT.SDK_READY, { userID: "peter" });
  expect(heard).toEqual(["peter"]);
});
