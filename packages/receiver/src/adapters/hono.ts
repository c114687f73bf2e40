import type { Receiver } from "../create-receiver.ts";
import { fetchHandler, type ReadingOptions } from "./fetch.ts";

export type { ReadingOptions } from "./fetch.ts";

/** What is needed of Hono's context. */
export interface HonoContextLike {
  readonly req: { readonly raw: Request };
}

/**
 * A handler for Hono. It reads the body itself: nothing in front of it may have called `c.req.json()` or its like.
 * @example
 * ```ts
 * app.all("/callback", honoHandler(receiver));
 * ```
 */
export function honoHandler(
  receiver: Pick<Receiver, "handle">,
  options: ReadingOptions = {},
): (context: HonoContextLike) => Promise<Response> {
  const handle = fetchHandler(receiver, options);
  return ({ req }) => handle(req.raw);
}
