import type { Logger } from "@muster/foundation";
import { refused, tooLarge, type Receiver } from "@muster/receiver";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

import type { Metrics } from "../metrics.ts";
import { sendAnswer } from "./send-answer.ts";

/** What the callbacks' route is made of. */
export interface CallbackRouteParts {
  /** Where callbacks are posted. */
  readonly path: string;
  readonly receiver: Receiver;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/** Takes callbacks. Whatever comes to the path, the receiver answers it, in the order of its checks. */
export function addCallbackRoute(http: FastifyInstance, { path, receiver, metrics, log }: CallbackRouteParts): void {
  async function answer(request: FastifyRequest, reply: FastifyReply, body: Uint8Array): Promise<FastifyReply> {
    const { method, url = "", headers } = request.raw;
    const given = await receiver.handle({ method: method ?? "", url, headers, body });
    if (given.status !== 200) metrics.refused(given);
    return sendAnswer(reply, given);
  }

  // The method is looked at before the size: this answers without reading a body. It also sees methods that
  // Fastify has no routes for.
  http.addHook("onRequest", async (request, reply) => {
    if (request.method !== "POST" && request.url.split("?", 1)[0] === path) {
      return answer(request, reply, new Uint8Array());
    }
    return undefined;
  });

  http.post(path, {
    handler: (request, reply) =>
      answer(request, reply, request.body instanceof Uint8Array ? request.body : new Uint8Array()),
    errorHandler(error, _request, reply) {
      const { statusCode: status = 500 } = error;
      if (status >= 500) log.error({ err: error }, "a callback could not be answered");
      const given =
        status === 413 ? tooLarge() : refused(status, "The request could not be read to its end: send it again.");
      metrics.refused(given);
      void sendAnswer(reply, given);
    },
  });
}
