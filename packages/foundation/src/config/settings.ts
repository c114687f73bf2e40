import * as z from "zod";

import { logLevels } from "../log.ts";

/** Settings that both programs have: where to listen, where to keep data, how to log. */

export const host = z.string().min(1).meta({ description: "an address of this machine or a name for one" });

export const port = z.int().min(0).max(65_535).meta({ description: "a port from 0 to 65535 (0 takes a free one)" });

export const sdkAppId = z
  .int()
  .min(1)
  .max(4_294_967_295)
  .meta({ description: "an app's SDKAppID: a number from 1 to 4294967295" });

export const tls = z.strictObject({
  certFile: z.string().min(1).meta({ description: "the path of a PEM file with the certificate" }),
  keyFile: z.string().min(1).meta({ description: "the path of a PEM file with the certificate's key" }),
});

export const logLevel = z.enum(logLevels).meta({ description: logLevels.join(", ") });

/** `sqlite:PATH`, the path relative to where the program is started. */
export const store = z
  .string()
  .regex(/^sqlite:.+/)
  .meta({ description: "sqlite: followed by the path of a file" });

/** The same, or the URL of a database of PostgreSQL, which several nodes may share: there may be a password in it. */
export const sharedStore = z
  .string()
  .regex(/^(sqlite:.+|postgres(ql)?:\/\/.+)/)
  .meta({
    description: "sqlite: followed by the path of a file, or postgres://user:password@host:port/database",
    secret: true,
  });

/** The URL of a replica of a store in PostgreSQL. */
export const replica = z
  .string()
  .regex(/^postgres(ql)?:\/\/.+/)
  .meta({ description: "a streaming replica of the store: postgres://user:password@host:port/database", secret: true });

/** What is wrong with a section that names a replica: a file has none. */
export function replicaProblems(
  section: { readonly store: string; readonly replica?: string | undefined },
  context: z.RefinementCtx,
): void {
  if (section.replica === undefined || !isSqlite(section.store)) return;
  context.addIssue({
    code: "custom",
    path: ["replica"],
    input: section.replica,
    message: "must be absent: the store is a file, which has no replica",
  });
}

/** Whether a store is a file, which belongs to one process. */
export function isSqlite(setting: string): boolean {
  return setting.startsWith("sqlite:");
}

/** The path within `sqlite:PATH`. */
export function sqlitePath(setting: string): string {
  return setting.slice("sqlite:".length);
}
