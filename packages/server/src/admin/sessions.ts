import { createHmac } from "node:crypto";

import type { SessionRecords } from "../ports/session-records.ts";

/** How long a session lasts, in ms: a working day, so that a forgotten browser is not signed in for good. */
const SESSION_LASTS = 12 * 3_600_000;
/** Most sessions at a time; the oldest makes room for a new one. */
const MAX_SESSIONS = 1_000;

/** Somebody who signed in to the console with the admin token. */
export interface Session {
  /** Whoever has it is signed in. */
  readonly id: string;
  /** ms since 1970 */
  readonly expiresAt: number;
}

/** Those who are signed in to the console, wherever they did. */
export interface Sessions {
  begin(): Promise<Session>;
  find(id: string): Promise<Session | undefined>;
  end(id: string): Promise<void>;
}

export interface SessionPorts {
  /** With another one there is nobody who signed in with this. */
  readonly adminToken: string;
  readonly records: SessionRecords;
  /** Makes an id that nobody can guess. */
  readonly newSecret: () => string;
  /** ms since 1970 */
  readonly now: () => number;
}

export function createSessions({ adminToken, records, newSecret, now }: SessionPorts): Sessions {
  /** What a session is kept as: whoever reads that is not signed in. */
  const digestOf = (id: string): string => createHmac("sha256", adminToken).update(id).digest("base64url");
  return {
    async begin() {
      const session = { id: newSecret(), expiresAt: now() + SESSION_LASTS };
      await records.add({ digest: digestOf(session.id), expiresAt: session.expiresAt }, now(), MAX_SESSIONS);
      return session;
    },
    async find(id) {
      const expiresAt = await records.expiryOf(digestOf(id));
      return expiresAt !== undefined && expiresAt > now() ? { id, expiresAt } : undefined;
    },
    end: (id) => records.remove(digestOf(id)),
  };
}

/** Sessions in memory: a server that starts again knows nobody. */
export function createOwnSessionRecords(): SessionRecords {
  // In the order of their beginning, so of their end.
  const records = new Map<string, number>();
  return {
    async add({ digest, expiresAt }, now, most) {
      for (const [oldest, end] of records) {
        if (end > now && records.size < most) break;
        records.delete(oldest);
      }
      records.set(digest, expiresAt);
    },
    expiryOf: async (digest) => records.get(digest),
    async remove(digest) {
      records.delete(digest);
    },
  };
}
