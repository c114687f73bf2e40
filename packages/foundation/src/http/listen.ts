import type { FastifyInstance } from "fastify";

import { StartError } from "../start-error.ts";

/**
 * Starts listening and returns the URL under which the program is reached from its own machine.
 * @param port 0 takes a free one
 * @throws {StartError} `PORT_TAKEN`, `PORT_FORBIDDEN`, `ADDRESS_UNAVAILABLE`
 */
export async function listen(http: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    await http.listen({ host, port });
  } catch (error) {
    throw startError(error, host, port);
  }
  const address = http.server.address();
  if (address === null || typeof address === "string") throw new TypeError("listening on no port");
  const scheme = "setSecureContext" in http.server ? "https" : "http";
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `${scheme}://${name}:${address.port}`;
}

function startError(error: unknown, host: string, port: number): unknown {
  switch (error instanceof Error && "code" in error ? error.code : undefined) {
    case "EADDRINUSE":
      return new StartError(
        "PORT_TAKEN",
        `Port ${port} on ${host} is taken by another program: stop that one, or choose another port with --port (0 takes a free one).`,
        error,
      );
    case "EACCES":
      return new StartError(
        "PORT_FORBIDDEN",
        `Port ${port} needs rights that this user does not have: choose one above 1023 with --port.`,
        error,
      );
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
    case "EAI_AGAIN":
    case "ENOTFOUND":
      return new StartError(
        "ADDRESS_UNAVAILABLE",
        `This machine has no address ${host}: set "host" in the configuration to one that it has.`,
        error,
      );
    default:
      return error;
  }
}
