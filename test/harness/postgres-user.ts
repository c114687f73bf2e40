import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A user of the machine, in commands of the shell. */
export interface MachineUser {
  /** Succeeds where the user is there. */
  readonly isThere: string;
  readonly make: string;
  /** A file by which those who make it wait for one another. */
  readonly lock: string;
}

const postgresUser: MachineUser = {
  isThere: "id -u postgres",
  make: "groupadd -f postgres && useradd -g postgres postgres",
  lock: join(tmpdir(), "muster-postgres-user.lock"),
};

/**
 * Makes the user that PostgreSQL runs as, which root cannot be, where there is none. Of two that make it at once both succeed,
 * and the second gives it another number, so that the first one's data are nobody's: they do it one after the other.
 */
export async function ensurePostgresUser({ isThere, make, lock }: MachineUser = postgresUser): Promise<void> {
  try {
    await run("flock", [lock, "sh", "-c", `{ ${isThere}; } > /dev/null 2>&1 || { ${make}; }`]);
  } catch (error) {
    // Where nothing can lock, PostgreSQL's starter makes it as before.
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
