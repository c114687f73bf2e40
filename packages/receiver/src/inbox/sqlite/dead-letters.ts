import * as z from "zod/mini";

import type { KeptDeadLetter } from "../dead-letter.ts";
import { storedDeadLetter } from "../stored-dead-letter.ts";
import type { SqliteConnection } from "./sqlite-connection.ts";

const countRow = z.object({ count: z.coerce.number() });

/** The dead letters of a file: to be looked at, and to wait again. */
export function prepareDeadLetters(connection: SqliteConnection) {
  const page = connection.prepare(`
    SELECT position, failures, error, callback, body FROM muster_inbox
    WHERE state = 'dead' AND position > ? ORDER BY position LIMIT ?`);
  const changes = connection.prepare("SELECT changes() AS count");

  /** Lets some of them wait again and wakes their lanes; returns how many they are. */
  function again(which: string): (...parameters: string[]) => number {
    const wake = connection.prepare(`
      UPDATE muster_lane SET due_at = 0, listening = 0
      WHERE listening = 1 AND lane IN (SELECT lane FROM muster_inbox WHERE ${which})`);
    const wait = connection.prepare(
      `UPDATE muster_inbox SET state = 'waiting', failures = 0, error = NULL WHERE ${which}`,
    );
    return (...parameters) => {
      wake.run(...parameters);
      wait.run(...parameters);
      return countRow.parse(changes.get()).count;
    };
  }
  const retryOne = again("state = 'dead' AND dedupe_key = ?");

  return {
    page: (after: number, limit: number): KeptDeadLetter[] => page.all(after, limit).map(storedDeadLetter),
    retry: (dedupeKey: string): boolean => retryOne(dedupeKey) === 1,
    retryAll: again("state = 'dead'"),
  };
}
