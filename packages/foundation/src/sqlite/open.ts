import { accessSync, closeSync, constants, existsSync, openSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";

import { makeFolder } from "../make-folder.ts";
import { StartError } from "../start-error.ts";
import { createFileCheck } from "./check-file.ts";
import { isBusy, unusable } from "./explain-failure.ts";

/** One step of a schema's history. Steps are never changed once released, only added. */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

/** Names a schema's file, so that a program never opens another program's data as its own. */
export type ApplicationId = number;

/** A database file in the hands of one process. */
export interface SqliteFile {
  /** The one connection that writes. */
  readonly writer: DatabaseSync;
  /** Reads what is committed, without waiting for what is being written. */
  readonly reader: DatabaseSync;
  /** Throws, saying why, where the file cannot be read, or is not where it was: then nothing that is written would stay. */
  check(): void;
  close(): void;
}

/** What is open is referred to from here: a lock that nothing refers to would be let go of with the next collection. */
const held = new Set<readonly DatabaseSync[]>();

/**
 * Opens (and where it is new, creates) a database file: WAL, and every commit on disk before it returns
 * (`synchronous=FULL`). Other programs may read the file with SQL meanwhile, but a second Muster process is
 * kept out by a lock on a file beside it, which the operating system lets go of with the process: two would
 * deliver everything twice.
 * @throws {StartError} `STORE_UNUSABLE` where the file cannot be read and written, another process owns it, or
 * it is not of this program
 */
export function openSqlite(path: string, applicationId: ApplicationId, migrations: readonly Migration[]): SqliteFile {
  const file = resolve(path);
  const opened: DatabaseSync[] = [];
  held.add(opened);
  const open = (name: string, readOnly: boolean): DatabaseSync => {
    const db = new DatabaseSync(name, { readOnly, timeout: 0 });
    opened.push(db);
    return db;
  };
  const close = (): void => {
    for (const db of opened.toReversed()) db.close();
    held.delete(opened);
  };
  try {
    makeFolder(dirname(file));
    accessSync(dirname(file), constants.W_OK);
    makeOwn(`${file}.lock`);
    open(`${file}.lock`, false).exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    makeOwn(file);
    const writer = open(file, false);
    writer.exec("PRAGMA busy_timeout = 5000");
    recognise(writer, file, applicationId, migrations.length);
    writer.exec("PRAGMA journal_mode = WAL");
    setUp(writer, 65_536);
    migrate(writer, applicationId, migrations);
    const reader = open(file, true);
    return { writer, reader, check: createFileCheck(reader), close };
  } catch (error) {
    close();
    if (error instanceof StartError) throw error;
    if (isBusy(error)) throw unusable(file, "another process has it open", error, "stop that process first");
    throw unusable(file, reasonOf(error), error);
  }
}

/**
 * Opens one more connection that writes to a file which this process has open, for a thread of its own. Who writes sees to it
 * that there is one at a time.
 */
export function openSecondWriter(path: string): DatabaseSync {
  const file = pathToFileURL(resolve(path));
  // One that was moved meanwhile is not made anew.
  file.searchParams.set("mode", "rw");
  const db = new DatabaseSync(file, { timeout: 0 });
  setUp(db, 16_384);
  return db;
}

/**
 * Makes a file, where there is none, that is its owner's alone; SQLite's own beside it take after it. One that is there is
 * not opened: whoever closes it lets go of the locks that this process has on it.
 * @throws where it may not be read and written, naming it
 */
function makeOwn(file: string): void {
  if (existsSync(file)) accessSync(file, constants.R_OK | constants.W_OK);
  else closeSync(openSync(file, "a", 0o600));
}

/** @param cache of pages, in KiB */
function setUp(writer: DatabaseSync, cache: number): void {
  writer.exec("PRAGMA synchronous = FULL");
  writer.exec("PRAGMA foreign_keys = ON");
  // In pages of 4 KiB: a page that many commits change is written back once.
  writer.exec("PRAGMA wal_autocheckpoint = 8000");
  writer.exec("PRAGMA temp_store = MEMORY");
  writer.exec(`PRAGMA cache_size = -${cache}`);
}

/** Nothing is changed in a file that is not this program's, or is beyond it. */
function recognise(db: DatabaseSync, file: string, applicationId: ApplicationId, known: number): void {
  const { tables } = db.prepare("SELECT count(*) AS tables FROM sqlite_schema").get() as { tables: number };
  if (valueOf(db, "application_id") !== applicationId && tables > 0) {
    throw unusable(file, "it holds another program's data", undefined);
  }
  const version = valueOf(db, "user_version");
  if (version > known) {
    throw unusable(file, `it was written by a newer version (schema ${version}, this one knows ${known})`, undefined);
  }
}

function migrate(db: DatabaseSync, applicationId: ApplicationId, migrations: readonly Migration[]): void {
  db.exec("BEGIN IMMEDIATE");
  for (const migration of migrations.slice(valueOf(db, "user_version"))) db.exec(migration.sql);
  db.exec(`PRAGMA application_id = ${applicationId}`);
  db.exec(`PRAGMA user_version = ${migrations.length}`);
  db.exec("COMMIT");
}

function valueOf(db: DatabaseSync, pragma: "application_id" | "user_version"): number {
  return Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0] as number;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
