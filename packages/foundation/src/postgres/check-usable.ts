import type { PoolClient } from "pg";

import type { RefusedWrites } from "../refused-writes.ts";
import { explainPostgresFailure, type PostgresPlace } from "./explain-failure.ts";

/** Whoever asks waits for so long at the most, in ms. */
const SOON = 2_000;

export interface UsableCheck {
  readonly place: PostgresPlace;
  readonly refusedWrites: Pick<RefusedWrites, "check">;
  /** Uses a connection for so long at the most, in ms; it is given up where `use` fails. */
  readonly withClient: (use: (client: PoolClient) => Promise<void>, answering: number) => Promise<void>;
}

/**
 * Makes what says whether commands can be carried out: the database is reached, may be written, and has not just refused
 * to. However many ask, it is looked once at a time.
 */
export function createUsableCheck({ place, refusedWrites, withClient }: UsableCheck): () => Promise<void> {
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    let late: NodeJS.Timeout | undefined;
    const waited = new Promise<void>((_resolve, reject) => {
      late = setTimeout(() => reject(new Error(`timeout: there was no answer within ${SOON / 1_000} s`)), SOON);
    });
    try {
      // One that hears nothing more is cut by then: it would be nobody's to use for as long as the system hopes for it.
      await Promise.race([withClient(mayWrite, SOON), waited]);
    } catch (error) {
      throw explainPostgresFailure(place, error);
    } finally {
      clearTimeout(late);
    }
    refusedWrites.check();
  }

  return () =>
    (looking ??= look().finally(() => {
      looking = undefined;
    }));
}

async function mayWrite(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ may: boolean }>(
    "SELECT current_setting('transaction_read_only') = 'off' AS may",
  );
  if (!rows[0]?.may) throw Object.assign(new Error("it may not be written"), { code: "25006" });
}
