import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** What makes a user of the machine, and asks for one. */
export interface Accounts {
  has(name: string): Promise<boolean>;
  /** Rejects where it cannot be made, also because it is there by then. */
  add(name: string): Promise<void>;
}

/** Those of the machine. Programs that change them wait for one another. */
const machine: Accounts = {
  has: (name) =>
    run("id", ["-u", name]).then(
      () => true,
      () => false,
    ),
  async add(name) {
    await run("useradd", ["--user-group", name]);
  },
};

/**
 * Makes the user that PostgreSQL runs as, which root cannot be. Several that start at once all find that there is none: who
 * comes second fails to make it, and finds it made.
 */
export async function ensurePostgresUser(accounts: Accounts = machine): Promise<void> {
  const name = "postgres";
  if (await accounts.has(name)) return;
  try {
    await accounts.add(name);
  } catch (error) {
    if (!(await accounts.has(name))) throw error;
  }
}
