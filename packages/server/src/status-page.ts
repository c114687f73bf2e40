import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { FastifyInstance } from "fastify";

const folder = join(import.meta.dirname, "..", "console");

const files = [
  { path: "/console", file: "index.html", type: "text/html; charset=utf-8" },
  { path: "/console/status.css", file: "status.css", type: "text/css; charset=utf-8" },
  { path: "/console/status.js", file: "status.js", type: "text/javascript; charset=utf-8" },
] as const;

/** Nothing but the page's own files runs or loads, and nobody frames it. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/** `/console`: a page with the ledger of each app's callbacks, the same figures as `/metrics`. */
export function statusPage(http: FastifyInstance): void {
  for (const { path, file, type } of files) {
    const content = readFileSync(join(folder, file));
    http.get(path, (_request, reply) =>
      reply
        .type(type)
        .header("content-security-policy", POLICY)
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "no-referrer")
        .header("cache-control", "no-cache")
        .send(content),
    );
  }
}
