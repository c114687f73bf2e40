import type { Answer } from "../answer.ts";
import type { Receiver } from "../create-receiver.ts";
import type { CallbackHeaders } from "../request.ts";
import { alreadyRead, readBody, type ReadingOptions } from "./read-body.ts";

/** What is needed of Node's `IncomingMessage`, and of what frameworks make of it. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: CallbackHeaders;
  /** Whether the body was read to its end. */
  readonly readableEnded: boolean;
  /** What a body parser has left. */
  readonly body?: unknown;
  on(event: "data", listener: (piece: Uint8Array) => void): unknown;
  on(event: "end" | "close", listener: () => void): unknown;
  destroy(): unknown;
}

/** Answers a request of Node.js. Never rejects. */
export async function answerNode(
  receiver: Pick<Receiver, "handle">,
  request: NodeRequest,
  options: ReadingOptions,
): Promise<Answer> {
  const { method = "", url = "", headers } = request;
  // Another method is refused whatever its body.
  const body = method === "POST" ? await bodyOf(request, options) : new Uint8Array();
  return body instanceof Uint8Array ? await receiver.handle({ method, url, headers, body }) : body;
}

async function bodyOf(request: NodeRequest, options: ReadingOptions): Promise<Uint8Array | Answer> {
  const { body } = request;
  if (body instanceof Uint8Array) return body;
  if (request.readableEnded || (body !== undefined && body !== null)) return alreadyRead();
  const read = (take: (piece: Uint8Array) => void): Promise<boolean> =>
    new Promise((end) => {
      request.on("data", take);
      request.on("end", () => end(true));
      request.on("close", () => end(false));
    });
  return await readBody({ read, abandon: () => void request.destroy() }, options);
}
