import { createStore } from "../state/store.ts";

/** Whether somebody is signed in: `unknown` until the server has said so, `over` where the session has ended. */
export const session = createStore<"unknown" | "in" | "out" | "over">("unknown");
