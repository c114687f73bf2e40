import { createStore } from "../state/store.ts";

/** Whether somebody is signed in: `unknown` until the server has said so, `over` where the session has ended. */
export const session = createStore<"unknown" | "in" | "out" | "over">("unknown");

let count = 0;
session.subscribe(() => {
  if (session.get() === "in") count += 1;
});

/** How often somebody has signed in so far: what was asked before the last time was asked in another session. */
export const signIns = (): number => count;
