// An entry of its own: a thread that only writes a file has no use for servers and drivers, and is there sooner.
export { rememberRefusedWrites } from "../refused-writes.ts";
export { createFileCheck } from "./check-file.ts";
export { LostCommitError } from "../lost-commit-error.ts";
export { StartError, type StartErrorCode } from "../start-error.ts";
export { createGroupCommit, type CommitListener, type CommitWatch, type GroupCommit } from "./group-commit.ts";
export { openSecondWriter, openSqlite, type Migration, type SqliteFile } from "./open.ts";
