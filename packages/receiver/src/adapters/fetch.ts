import type { Answer } from "../answer.ts";
import type { Receiver } from "../create-receiver.ts";
import { alreadyRead, readBody, type ReadingOptions } from "./read-body.ts";

export type { ReadingOptions } from "./read-body.ts";

/**
 * A handler from `Request` to `Response`: Next route handlers, Bun, Deno, Cloudflare Workers and their like.
 * @example
 * ```ts
 * export const POST = fetchHandler(receiver); // app/callback/route.ts
 * Deno.serve(fetchHandler(receiver));
 * ```
 */
export function fetchHandler(
  receiver: Pick<Receiver, "handle">,
  options: ReadingOptions = {},
): (request: Request) => Promise<Response> {
  return async (request) => {
    const { method, url, headers } = request;
    // Another method is refused whatever its body.
    const body = method === "POST" ? await bodyOf(request, options) : new Uint8Array();
    const answer = body instanceof Uint8Array ? await receiver.handle({ method, url, headers, body }) : body;
    return new Response(answer.body, { status: answer.status, headers: { ...answer.headers } });
  };
}

async function bodyOf(request: Request, options: ReadingOptions): Promise<Uint8Array | Answer> {
  if (request.bodyUsed) return alreadyRead();
  if (!request.body) return new Uint8Array();
  const reader = request.body.getReader();
  async function read(take: (piece: Uint8Array) => void): Promise<boolean> {
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return true;
        take(value);
      }
    } catch {
      return false;
    }
  }
  return await readBody({ read, abandon: () => void reader.cancel().catch(() => undefined) }, options);
}
