import type { Command } from "commander";
import * as z from "zod";

import { loadServerConfig } from "./config.ts";
import { CommandFailure, unreachedReason } from "./failure.ts";
import { parseHttpUrl } from "./options.ts";

/** How a command is told which server, and what lets it in. */
export interface AdminOptions {
  readonly url?: string;
  readonly token?: string;
  readonly config?: string;
}

/** Calls a path below `/admin/v1` and gives the body of the answer. */
export type AdminCall = (method: "GET" | "POST", path: string, body?: unknown) => Promise<unknown>;

/** How long an answer is waited for, in ms: thousands that are queued on a slow disk take a while. */
const PATIENCE = 60_000;

const refusal = z.object({
  error: z.object({
    message: z.string(),
    problems: z.array(z.object({ path: z.string(), message: z.string() })),
  }),
});

/** Gives a command the options that `adminApi` reads. */
export function withAdminOptions(command: Command): Command {
  return command
    .option("--url <url>", "the server; http://127.0.0.1:9000 where nothing says otherwise", parseHttpUrl)
    .option("--token <text>", "its admin token; MUSTER_ADMIN_TOKEN where it is absent")
    .option("-c, --config <file>", "the server's configuration file, for its URL and admin token");
}

/**
 * The admin API of the server that the options name. Calls fail with a `CommandFailure` that says what to do.
 * @throws {CommandFailure} without a token
 */
export function adminApi({ url, token, config }: AdminOptions): AdminCall {
  const server = config === undefined ? undefined : loadServerConfig(config, process.env);
  const scheme = server?.tls ? "https" : "http";
  const configured =
    server && `${scheme}://${server.host.includes(":") ? `[${server.host}]` : server.host}:${server.port}`;
  const known = token ?? process.env["MUSTER_ADMIN_TOKEN"] ?? server?.adminToken;
  if (known === undefined) {
    throw new CommandFailure(
      "The admin token is needed: --token, MUSTER_ADMIN_TOKEN, or --config with the server's file.",
    );
  }
  const base = url ?? configured ?? "http://127.0.0.1:9000";
  return async (method, path, body) => {
    const response = await fetch(new URL(`/admin/v1${path}`, base), {
      method,
      headers: { authorization: `Bearer ${known}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE),
    }).catch((error: unknown) => {
      throw new CommandFailure(
        `No server answers at ${base} (${unreachedReason(error)}): start one, or name another with --url.`,
      );
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok && answer !== undefined) return answer;
    const refused = refusal.safeParse(answer);
    if (!refused.success) {
      throw new CommandFailure(
        `What answers at ${base} (HTTP status ${response.status}) is no server: name the server with --url.`,
      );
    }
    throw new CommandFailure(`The server at ${base} refused: ${reasonIn(refused.data)}`);
  };
}

function reasonIn({ error: { message, problems } }: z.output<typeof refusal>): string {
  return [message, ...problems.map((problem) => `${problem.path}: ${problem.message}`)].join("\n  ");
}
