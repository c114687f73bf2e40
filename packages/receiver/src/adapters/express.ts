import { nodeHandler } from "./node-http.ts";

export type { NodeRequest, NodeResponse, ReadingOptions } from "./node-http.ts";

/**
 * A handler for Express 4 and 5. It reads the body itself: mount it in front of `express.json()` and its like, which
 * would leave nothing of what was sent (`express.raw({ type: () => true, limit: "1mb" })` in front of it is fine).
 * @example
 * ```ts
 * app.all("/callback", expressHandler(receiver));
 * app.use(express.json());
 * ```
 */
export const expressHandler = nodeHandler;
