import type { en } from "./en.ts";

type Widened<T> = T extends string ? string : T extends (...given: infer G) => string ? (...given: G) => string : never;

/** Texts in another language. One that is lacking is a type error. */
export type Translated<T> = { readonly [K in keyof T]: Widened<T[K]> };

/** Everything that the page says. */
export type Words = Translated<typeof en>;
