import { StartError } from "../start-error.ts";

/** SQLite's codes of failures, without what they say more precisely in higher bits. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

/** The error of a file that cannot be used as a store. */
export function unusable(
  file: string,
  why: string,
  cause: unknown,
  remedy = "set another path in the configuration's store",
): StartError {
  return new StartError("STORE_UNUSABLE", `The store ${file} cannot be used: ${why}; ${remedy}.`, cause);
}

/** The same failure, in a sentence with the remedy where it is the file's or the disk's, and not that of what was asked. */
export function explainSqliteFailure(file: string, error: unknown): unknown {
  const text = error instanceof Error ? error.message : String(error);
  switch (codeOf(error)) {
    case BUSY:
    case LOCKED:
      return unusable(file, "another program writes to it and does not end", error, "end that program's transaction");
    case READONLY:
      return unusable(file, `it cannot be written (${text})`, error, "give this user the right to");
    case IOERR:
    case CANTOPEN:
      return unusable(file, `reading or writing fails (${text})`, error, "check the disk and the limits of this user");
    case FULL:
      return unusable(file, "its disk is full", error, "free or add space");
    case CORRUPT:
    case NOTADB:
      return unusable(file, `it is damaged (${text})`, error, "put a copy back in its place");
    default:
      return error;
  }
}

/** Another connection has the file's lock. */
export function isBusy(error: unknown): boolean {
  return codeOf(error) === BUSY || codeOf(error) === LOCKED;
}

/** The disk itself failed: what was being written may be there or not. */
export function isOfTheDisk(error: unknown): boolean {
  return codeOf(error) === IOERR;
}

function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return undefined;
  return error.errcode & 0xff;
}
