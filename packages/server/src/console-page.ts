import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/** Where building apps/console puts the page, with the server's other files. */
const folder = join(import.meta.dirname, "..", "console");

const PREFIX = "/console";
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

/** Nothing but the page's own files runs or loads, no text becomes HTML, and nobody frames it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const headers = {
  "content-security-policy": POLICY,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
};

const UNBUILT = `<!doctype html>
<html lang="en">
  <meta charset="utf-8" />
  <title>Muster</title>
  <h1>The console is not built</h1>
  <p>Installing builds it: <code>npm ci</code>. After <code>npm ci --ignore-scripts</code>, say <code>npm run build:console</code>.</p>
  <p>The server works without it.</p>
</html>
`;

interface PageFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
}

/** `/console`: the web page as it was built, or a page that says how to build it. */
export function consolePage(http: FastifyInstance): void {
  let files: ReadonlyMap<string, PageFile> | undefined;

  function find(path: string): PageFile | undefined {
    // Read when somebody looks: most servers start without anybody who does. Unbuilt, it may be built meanwhile.
    if (!files?.size) files = readFiles();
    return files.get(path);
  }

  function answer(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const path = request.url.split("?", 1)[0]?.slice(PREFIX.length + 1) ?? "";
    const asset = find(path);
    void reply.headers(headers);
    if (asset && path !== "index.html") {
      // Their names have a digest of what they hold.
      return send(request, reply.header("cache-control", "public, max-age=31536000, immutable"), asset);
    }
    void reply.header("cache-control", "no-cache");
    // What is no file is a place on the page, which finds it by itself.
    if (path.includes(".")) return reply.status(404).type("text/plain").send("There is no such file.\n");
    const page = find("index.html");
    return page ? send(request, reply, page) : reply.status(503).type("text/html; charset=utf-8").send(UNBUILT);
  }

  http.get(PREFIX, answer);
  http.get(`${PREFIX}/*`, answer);
}

function send(request: FastifyRequest, reply: FastifyReply, { type, plain, zipped }: PageFile): FastifyReply {
  void reply.type(type).header("vary", "accept-encoding");
  const isZipped = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  return isZipped ? reply.header("content-encoding", "gzip").send(zipped) : reply.send(plain);
}

function readFiles(): ReadonlyMap<string, PageFile> {
  return new Map(
    list().flatMap((name) => {
      const type = types[extname(name)];
      if (type === undefined) return [];
      const plain = readFileSync(join(folder, name));
      return [[name.replaceAll("\\", "/"), { type, plain, zipped: gzipSync(plain) }]];
    }),
  );
}

function list(): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
}
