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

/** Those who are signed in to the console. They are in memory: a server that starts again knows nobody. */
export interface Sessions {
  begin(): Session;
  find(id: string): Session | undefined;
  end(id: string): void;
}

/**
 * @param newSecret makes an id that nobody can guess
 * @param now ms since 1970
 */
export function createSessions(newSecret: () => string, now: () => number): Sessions {
  // In the order of their beginning, so of their end.
  const sessions = new Map<string, Session>();
  return {
    begin() {
      for (const { id, expiresAt } of sessions.values()) {
        if (expiresAt > now() && sessions.size < MAX_SESSIONS) break;
        sessions.delete(id);
      }
      const session = { id: newSecret(), expiresAt: now() + SESSION_LASTS };
      sessions.set(session.id, session);
      return session;
    },
    find(id) {
      const session = sessions.get(id);
      return session && session.expiresAt > now() ? session : undefined;
    },
    end(id) {
      sessions.delete(id);
    },
  };
}
