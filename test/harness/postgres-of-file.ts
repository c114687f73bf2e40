import { afterAll } from "vitest";

import { startPostgres, type PostgresChoice, type RunningPostgres } from "./postgres.ts";

/** Starts a PostgreSQL for the tests of the file that asks, which none of them kills; it ends behind the last of them. */
export async function postgresOfFile(choice: Omit<PostgresChoice, "careless"> = {}): Promise<RunningPostgres> {
  const postgres = await startPostgres({ ...choice, careless: true });
  afterAll(() => postgres.stop());
  return postgres;
}
