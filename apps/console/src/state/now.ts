import { createStore } from "./store.ts";

/** How often what is said in relation to the present is said anew, in ms. */
const EVERY = 5_000;

/** The present, ms since 1970, to a few seconds. */
export const now = createStore(Date.now());

setInterval(() => now.set(Date.now()), EVERY);
