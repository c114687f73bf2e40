import * as z from "zod";

/** What the mirror's thread is to do. */
export const threadOrder = z.object({
  /** The recorder's store, as the configuration names it. */
  store: z.string(),
  rebuild: z.boolean(),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]),
});

export type ThreadOrder = z.output<typeof threadOrder>;

/** What the thread is told. */
export const toThread = z.enum(["committed", "trimmed", "stop"]);

export type ToThread = z.output<typeof toThread>;

/** What the thread tells. */
export const fromThread = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ready"), position: z.number() }),
  /** Up to where the tables tell of the journal. */
  z.object({ kind: z.literal("position"), position: z.number() }),
  /** It could not begin; the tables may be unusable, which the message then says. */
  z.object({ kind: z.literal("failed"), unusable: z.boolean(), message: z.string() }),
]);

export type FromThread = z.output<typeof fromThread>;
