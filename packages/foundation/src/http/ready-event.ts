import type { Server } from "node:http";

/** The event that tells of a connection over which HTTP can be spoken: with TLS, once hands are shaken. */
export function readyEvent(server: Server): "secureConnection" | "connection" {
  return "setSecureContext" in server ? "secureConnection" : "connection";
}
