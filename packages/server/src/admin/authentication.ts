import type { IncomingHttpHeaders } from "node:http";

import { BEARER_CHALLENGE, bearerOf, createTokenCheck, type Logger } from "@muster/foundation";

import { AdminRefusal } from "./admin-refusal.ts";
import { createSessions, type Session, type SessionPorts } from "./sessions.ts";

/** The cookie that a session is known by. */
export const SESSION_COOKIE = "muster-session";
/** What the console says with each change. Another site's page cannot: browsers ask first, and are not answered. */
const CONSOLE_HEADER = "muster-console";
const CHALLENGE = { headers: BEARER_CHALLENGE };

/** A request, as far as it says who sends it. */
export interface Sender {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly address: string;
}

/** Lets those in who have the admin token, or a session of the console, which they got for it. */
export interface Authentication {
  /**
   * The session that lets a request in; `undefined` where the token itself does.
   * @throws {AdminRefusal} `unauthorized`, `too-many-requests`
   */
  admit(sender: Sender): Promise<Session | undefined>;
  /**
   * Begins a session.
   * @throws {AdminRefusal} the same
   */
  signIn(token: string, sender: Sender): Promise<Session>;
  signOut(session: Session): Promise<void>;
  /** Whether a session that there was has ended. */
  isOver(session: Session): Promise<boolean>;
}

export function createAuthentication({ log, ...ports }: SessionPorts & { readonly log: Logger }): Authentication {
  const tokens = createTokenCheck(ports.adminToken, ports.now, log);
  const sessions = createSessions(ports);

  function listen(address: string): void {
    const seconds = tokens.lockedFor(address);
    if (seconds === 0) return;
    throw new AdminRefusal("too-many-requests", `Too many wrong tokens came from here: wait ${seconds} s.`, {
      headers: { "retry-after": String(seconds) },
    });
  }

  return {
    async admit(sender) {
      const { headers, address } = sender;
      const bearer = bearerOf(headers);
      const session = bearer === undefined ? await sessionOf(sender) : undefined;
      if (session) return session;
      listen(address);
      if (bearer === undefined) {
        const sentence = "Send the admin token: authorization: Bearer <server.adminToken>.";
        throw new AdminRefusal("unauthorized", sentence, CHALLENGE);
      }
      if (!tokens.isRight(bearer, address)) {
        throw new AdminRefusal("unauthorized", "The token is not server.adminToken.", CHALLENGE);
      }
      return undefined;
    },
    async signIn(token, sender) {
      listen(sender.address);
      if (!isFromConsole(sender)) throw new AdminRefusal("unauthorized", "Sign in on the console's own page.");
      if (!tokens.isRight(token, sender.address)) {
        throw new AdminRefusal("unauthorized", "This is not the server's admin token.");
      }
      return await sessions.begin();
    },
    signOut: ({ id }) => sessions.end(id),
    isOver: async ({ id }) => (await sessions.find(id)) === undefined,
  };

  async function sessionOf(sender: Sender): Promise<Session | undefined> {
    const id = new RegExp(`(?:^|; ?)${SESSION_COOKIE}=([^;]+)`).exec(sender.headers.cookie ?? "")?.[1];
    return id !== undefined && isFromConsole(sender) ? await sessions.find(id) : undefined;
  }
}

/** Whether a request comes from the server's own page, and not from another that happens to be open beside it. */
function isFromConsole({ method, headers }: Sender): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) {
    if (site !== "same-origin" && site !== "none") return false;
  } else if (headers.origin !== undefined && hostOf(headers.origin) !== headers.host) return false;
  return method === "GET" || headers[CONSOLE_HEADER] !== undefined;
}

function hostOf(origin: string): string | undefined {
  return URL.parse(origin)?.host;
}
