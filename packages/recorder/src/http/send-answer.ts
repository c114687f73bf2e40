import type { Answer } from "@muster/receiver";
import type { FastifyReply } from "fastify";

/** Sends an answer as it is: as bytes, for to a text Fastify adds a charset that the documented form lacks. */
export function sendAnswer(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  return reply.code(status).headers(headers).send(Buffer.from(body));
}
