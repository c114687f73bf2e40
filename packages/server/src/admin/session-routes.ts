import * as z from "zod";

import { VERSION } from "../version.ts";
import { adminRoute, nothing, type AdminRoute } from "./admin-route.ts";
import { SESSION_COOKIE } from "./authentication.ts";

const sessionView = z.strictObject({
  expiresAt: z.int().nullable().meta({ description: "when it ends, ms since 1970; null with the token itself" }),
  version: z.string().meta({ description: "the server's version" }),
});

const signIn = adminRoute(
  {
    method: "POST",
    path: "/session",
    operationId: "signIn",
    summary: "Sign in to the console",
    description:
      `Sets the cookie ${SESSION_COOKIE}, which counts as the token does, for the console's page alone: requests that ` +
      "change something carry the header muster-console as well. Programs send the token.",
    isOpen: true,
    parameters: nothing,
    query: nothing,
    body: z.strictObject({
      token: z
        .string()
        .min(1)
        .max(4_096)
        .meta({ description: "the server's admin token: server.adminToken of its configuration", secret: true }),
    }),
    answer: { status: 200, description: "The session", schema: sessionView },
    refusals: [],
  },
  async ({ authentication, now }, { body, sender }) => {
    const { id, expiresAt } = await authentication.signIn(body.token, sender);
    // The page's own address is what the browser's user sees, also behind a proxy that ends TLS.
    const isSecure = sender.headers.origin?.startsWith("https:") === true;
    const cookie = cookieOf(id, Math.round((expiresAt - now()) / 1_000), isSecure);
    return { status: 200, headers: { "set-cookie": cookie }, body: { expiresAt, version: VERSION } };
  },
);

const readSession = adminRoute(
  {
    method: "GET",
    path: "/session",
    operationId: "readSession",
    summary: "Whether one is signed in, and until when",
    parameters: nothing,
    query: nothing,
    answer: { status: 200, description: "The session", schema: sessionView },
    refusals: [],
  },
  (_ports, { session }) => ({ status: 200, body: { expiresAt: session?.expiresAt ?? null, version: VERSION } }),
);

const signOut = adminRoute(
  {
    method: "DELETE",
    path: "/session",
    operationId: "signOut",
    summary: "Sign out of the console",
    parameters: nothing,
    query: nothing,
    answer: { status: 200, description: "The session is over", schema: z.strictObject({}) },
    refusals: [],
  },
  async ({ authentication }, { session }) => {
    if (session) await authentication.signOut(session);
    return { status: 200, headers: { "set-cookie": cookieOf("", 0, false) }, body: {} };
  },
);

export const sessionRoutes: readonly AdminRoute[] = [signIn, readSession, signOut];

function cookieOf(id: string, seconds: number, isSecure: boolean): string {
  return `${SESSION_COOKIE}=${id}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
}
