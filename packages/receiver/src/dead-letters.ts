import { explain } from "@muster/protocol";
import * as z from "zod/mini";

import type { KeptDeadLetter } from "./inbox/dead-letter.ts";
import type { Inbox } from "./inbox/inbox.ts";
import { isWorkInbox, type WorkInbox } from "./inbox/work-inbox.ts";
import { ReceiverError } from "./receiver-error.ts";

/** Some of the dead letters. */
export interface DeadLetterPage {
  readonly letters: readonly KeptDeadLetter[];
  /** What to give as `after` for the next page; `undefined` at the end. */
  readonly next: number | undefined;
}

/** Which dead letters to look at. */
export interface DeadLetterQuery {
  /** Only those behind this position: what `next` said. */
  readonly after?: number | undefined;
  /** At most so many, up to 1,000; by default 100. */
  readonly limit?: number | undefined;
}

/**
 * The callbacks that no handler could take. They stay until they are tried again, or deleted.
 *
 * What is tried again is as one that has not failed yet, with all its attempts, and is next in its group: those of a
 * group in their order, whatever comes meanwhile behind them. What was handled since it died is in effect by then: one
 * with a number has `late` set, and one without that is older than its group's latest disbanding is stale.
 *
 * All of this may be asked of a receiver that was not started, as by a script beside one that was: that one finds
 * what is to be tried again within its `poll`.
 */
export interface DeadLetters {
  /**
   * A page of the dead letters, in the order in which they came.
   * @throws {ReceiverError} `OPTIONS_INVALID`, `INBOX_ONLY_KEEPS`
   * @throws what the inbox throws
   */
  deadLetters(query?: DeadLetterQuery): Promise<DeadLetterPage>;
  /**
   * Has a dead letter tried again; resolves with whether there was one with this key.
   * @param dedupeKey the `callback.dedupeKey` that `deadLetters` and `onDead` tell
   * @throws {ReceiverError} `INBOX_ONLY_KEEPS`
   * @throws what the inbox throws
   */
  retry(dedupeKey: string): Promise<boolean>;
  /**
   * Has all dead letters tried again; resolves with how many there were.
   * @throws {ReceiverError} `INBOX_ONLY_KEEPS`
   * @throws what the inbox throws
   */
  retryAll(): Promise<number>;
}

const USUAL_LIMIT = 100;
const query = z.object({
  after: z.optional(z.int().check(z.nonnegative())),
  limit: z.optional(z.int().check(z.positive(), z.maximum(1_000))),
});

/** The dead letters of an inbox. @param wake called when one waits again */
export function createDeadLetters<Tx>(inbox: Inbox | WorkInbox<Tx>, wake: () => void): DeadLetters {
  function working(): WorkInbox<Tx> {
    if (isWorkInbox(inbox)) return inbox;
    throw new ReceiverError("INBOX_ONLY_KEEPS", "This inbox only keeps callbacks: nothing in it has died.");
  }

  return {
    async deadLetters(asked = {}) {
      const { error } = z.safeParse(query, asked, { reportInput: true });
      if (error) {
        const problems = explain(error).join("; ");
        throw new ReceiverError("OPTIONS_INVALID", `These dead letters cannot be looked at: ${problems}.`);
      }
      const { after = 0, limit = USUAL_LIMIT } = asked;
      const found = await working().deadLetters(after, limit + 1);
      const letters = found.slice(0, limit);
      return { letters, next: found.length > limit ? letters.at(-1)?.position : undefined };
    },
    async retry(dedupeKey) {
      const isAgain = await working().retry(dedupeKey);
      wake();
      return isAgain;
    },
    async retryAll() {
      const count = await working().retryAll();
      wake();
      return count;
    },
  };
}
