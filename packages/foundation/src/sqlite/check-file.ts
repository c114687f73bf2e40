import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

import { explainSqliteFailure, unusable } from "./explain-failure.ts";

/**
 * Makes what throws, saying why, where an open file cannot be read, or is not where it was: then nothing that is written
 * would be found again.
 */
export function createFileCheck(reader: DatabaseSync): () => void {
  const file = reader.location() ?? "";
  const { ino } = statSync(file);
  const read = reader.prepare("SELECT count(*) FROM sqlite_schema");
  return () => {
    try {
      read.get();
    } catch (error) {
      throw explainSqliteFailure(file, error);
    }
    if (statSync(file, { throwIfNoEntry: false })?.ino !== ino) {
      throw unusable(file, "it was moved or removed while it was open", undefined, "put it back before anything else");
    }
  };
}
