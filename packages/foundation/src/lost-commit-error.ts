/** A commit was sent to the database, or to the disk, and nobody knows what became of it: it may have been done. */
export class LostCommitError extends Error {
  override readonly name = "LostCommitError";
}
