import { accessSync, constants } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { makeFolder } from "../make-folder.ts";
import { StartError } from "../start-error.ts";

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
  close(): void;
}

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
  const open = (name: string, readOnly: boolean): DatabaseSync => {
    const db = new DatabaseSync(name, { readOnly, timeout: 0 });
    opened.push(db);
    return db;
  };
  const close = (): void => {
    for (const db of opened.toReversed()) db.close();
  };
  try {
    makeFolder(dirname(file));
    accessSync(dirname(file), constants.W_OK);
    open(`${file}.lock`, false).exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    const writer = open(file, false);
    writer.exec("PRAGMA busy_timeout = 5000");
    writer.exec("PRAGMA journal_mode = WAL");
    writer.exec("PRAGMA synchronous = FULL");
    writer.exec("PRAGMA foreign_keys = ON");
    writer.exec("PRAGMA temp_store = MEMORY");
    writer.exec("PRAGMA cache_size = -65536");
    migrate(writer, file, applicationId, migrations);
    return { writer, reader: open(file, true), close };
  } catch (error) {
    close();
    if (error instanceof StartError) throw error;
    if (isBusy(error)) throw unusable(file, "another process has it open", error, "stop that process first");
    throw unusable(file, reasonOf(error), error);
  }
}

function migrate(db: DatabaseSync, file: string, applicationId: ApplicationId, migrations: readonly Migration[]): void {
  db.exec("BEGIN IMMEDIATE");
  const { application_id: found } = db.prepare("PRAGMA application_id").get() as { application_id: number };
  const { user_version: done } = db.prepare("PRAGMA user_version").get() as { user_version: number };
  const { tables } = db.prepare("SELECT count(*) AS tables FROM sqlite_schema").get() as { tables: number };
  if (found !== applicationId && tables > 0) throw unusable(file, "it holds another program's data", undefined);
  if (done > migrations.length) {
    throw unusable(file, `it was written by a newer version (schema ${done}, this one knows ${migrations.length})`, undefined);
  }
  for (const migration of migrations.slice(done)) db.exec(migration.sql);
  db.exec(`PRAGMA application_id = ${applicationId}`);
  db.exec(`PRAGMA user_version = ${migrations.length}`);
  db.exec("COMMIT");
}

function unusable(file: string, why: string, cause: unknown, remedy = "set another path in the configuration's store"): StartError {
  return new StartError("STORE_UNUSABLE", `The store ${file} cannot be used: ${why}; ${remedy}.`, cause);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (error.errcode === 5 || error.errcode === 6);
}
