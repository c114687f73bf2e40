import type { Postgres } from "@muster/foundation";

import { ClosedAppError } from "../../failure-info.ts";

/** What the triggers on tables say to whoever writes to an app that leaves for another store, or has left. */
const CLOSED = "MU001";

/** The same database; who is kept out of an app's rows is told so by a `ClosedAppError`. */
export function knowingClosedApps(db: Postgres): Postgres {
  const explain = (error: unknown): never => {
    throw isOfClosedApp(error) ? new ClosedAppError(error.message, { cause: error }) : error;
  };
  return {
    ...db,
    all: (asked, ...values) => db.all<never>(asked, ...values).catch(explain),
    transaction: (work, pieces) => db.transaction(work, pieces).catch(explain),
    longTransaction: (signal, work) => db.longTransaction(signal, work).catch(explain),
  };
}

function isOfClosedApp(error: unknown): error is Error {
  return error instanceof Error && "code" in error && error.code === CLOSED;
}
