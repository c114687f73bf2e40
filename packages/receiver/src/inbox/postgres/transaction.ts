import type { PostgresClient, PostgresPool } from "./postgres-pool.ts";

/** Whoever asks something of a connection that was lost is told. */
const ignore = (): void => undefined;

/** Runs a task in a transaction on a connection of its own. */
export async function transaction<Result>(
  pool: PostgresPool,
  task: (client: PostgresClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken = false;
  client.on?.("error", ignore);
  try {
    await client.query("BEGIN");
    const result = await task(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    // A connection that cannot go back is not given to anybody else.
    await client.query("ROLLBACK").catch(() => {
      broken = true;
    });
    throw error;
  } finally {
    client.off?.("error", ignore);
    client.release(broken);
  }
}
