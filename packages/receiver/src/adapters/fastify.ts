import type { Receiver } from "../create-receiver.ts";
import { answerNode, type NodeRequest } from "./node-request.ts";
import type { ReadingOptions } from "./read-body.ts";

export type { NodeRequest } from "./node-request.ts";
export type { ReadingOptions } from "./read-body.ts";

/** What is needed of a Fastify instance. */
export interface FastifyInstanceLike {
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(
    contentType: string,
    parser: (request: unknown, payload: unknown, done: (error: Error | null, body?: unknown) => void) => void,
  ): unknown;
  route(options: {
    readonly method: string[];
    readonly url: string;
    readonly handler: (request: FastifyRequestLike, reply: FastifyReplyLike) => Promise<unknown>;
  }): unknown;
}

/** What is needed of a Fastify request. */
export interface FastifyRequestLike {
  readonly raw: NodeRequest;
}

/** What is needed of a Fastify reply. */
export interface FastifyReplyLike {
  code(status: number): FastifyReplyLike;
  headers(headers: Record<string, string>): FastifyReplyLike;
  send(body: string): unknown;
}

/** Where callbacks are taken, and how. */
export interface FastifyCallbacksOptions extends ReadingOptions {
  readonly path: string;
}

/**
 * A plugin for Fastify 5 with the route of the callbacks. Its body parsers are its own: those of other routes stay as
 * they are, as long as it is registered as a plugin (not wrapped in `fastify-plugin`).
 * @example
 * ```ts
 * await app.register(fastifyCallbacks(receiver, { path: "/callback" }));
 * ```
 */
export function fastifyCallbacks(
  receiver: Pick<Receiver, "handle">,
  { path, ...options }: FastifyCallbacksOptions,
): (instance: FastifyInstanceLike) => Promise<void> {
  return (instance) => {
    // Nothing is parsed and no content type is refused, also where there is none, as documented: the bytes count.
    instance.removeAllContentTypeParsers();
    instance.addContentTypeParser("*", (_request, _payload, done) => done(null));
    instance.route({
      method: ["POST", "GET", "PUT", "PATCH", "DELETE", "OPTIONS"],
      url: path,
      handler: async ({ raw }, reply) => {
        const { status, headers, body } = await answerNode(receiver, raw, options);
        return reply
          .code(status)
          .headers({ ...headers })
          .send(body);
      },
    });
    return Promise.resolve();
  };
}
