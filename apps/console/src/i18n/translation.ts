import type { en } from "./en.ts";

type Widened<T> = T extends string ? string : T extends (...given: infer G) => string ? (...given: G) => string : never;

/** Everything that the page says. A translation that lacks something is a type error. */
export type Words = { readonly [K in keyof typeof en]: Widened<(typeof en)[K]> };
