import { BEARER_CHALLENGE, bearerOf, createTokenCheck, type Clock, type Logger } from "@muster/foundation";
import type { FastifyInstance } from "fastify";

import { Refusal } from "./refusal.ts";

/** What asking is made of. */
export interface AskForTokenParts {
  readonly adminToken: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Whoever watches over the program asks these, and learns nothing but that it is there. */
const open: ReadonlySet<string> = new Set(["/healthz", "/readyz"]);

/** Lets only those in to the routes that are added afterwards who have the admin token, where there is one. */
export function askForToken(http: FastifyInstance, { adminToken, clock, log }: AskForTokenParts): void {
  if (adminToken === undefined) return;
  const tokens = createTokenCheck(adminToken, () => clock.now(), log);
  http.addHook("onRequest", async ({ routeOptions, headers, ip }) => {
    if (routeOptions.url !== undefined && open.has(routeOptions.url)) return;
    const seconds = tokens.lockedFor(ip);
    if (seconds > 0) {
      const wait = { "retry-after": String(seconds) };
      throw new Refusal(429, `Too many wrong tokens came from here: wait ${seconds} s.`, wait);
    }
    const given = bearerOf(headers);
    if (given === undefined) {
      throw new Refusal(
        401,
        "Send the recorder's admin token: authorization: Bearer <recorder.adminToken>.",
        BEARER_CHALLENGE,
      );
    }
    if (!tokens.isRight(given, ip)) throw new Refusal(401, "The token is not recorder.adminToken.", BEARER_CHALLENGE);
  });
}
