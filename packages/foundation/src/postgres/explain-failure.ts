import type { DatabaseError } from "pg";

import { StartError } from "../start-error.ts";

/** Where a database is, without what proves who connects. */
export interface PostgresPlace {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** Why a PostgreSQL store cannot be used, in a sentence that holds the remedy and no secret. */
export function explainPostgresFailure(place: PostgresPlace, error: unknown): StartError {
  if (error instanceof StartError) return error;
  const { why, remedy } = reasonOf(place, error);
  return unusable(place, why, remedy, error);
}

/** The error of a store that is there, but not fit to be used. */
export function unusable(place: PostgresPlace, why: string, remedy: string, cause?: unknown): StartError {
  const { host, port, database } = place;
  const message = `The store in PostgreSQL at ${host}:${port}/${database} cannot be used: ${why}; ${remedy}.`;
  return new StartError("STORE_UNUSABLE", message, cause);
}

/** A transaction may only read, and was told to write. */
const READ_ONLY = "25006";
/** A lock was waited for in vain. */
const HELD_UP = "55P03";

interface Reason {
  readonly why: string;
  readonly remedy: string;
}

function reasonOf({ user, database }: PostgresPlace, error: unknown): Reason {
  const text = error instanceof Error ? firstLine(error) : String(error);
  switch (codeOf(error)) {
    case "ECONNREFUSED":
      return { why: "nobody listens there", remedy: "start PostgreSQL, or set another address in the store's URL" };
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return { why: "there is no host of that name", remedy: "set another host in the store's URL" };
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return { why: `it cannot be reached (${text})`, remedy: "check the network and firewalls in between" };
    case "28P01":
    case "28000":
      return {
        why: `it does not let the user ${user} in (${text})`,
        remedy: "check user and password in the store's URL",
      };
    case "3D000":
      return { why: `there is no database ${database}`, remedy: `create it: CREATE DATABASE "${database}"` };
    case "42501":
      return {
        why: `the user ${user} may not do what is needed (${text})`,
        remedy: `let that user create a schema: GRANT CREATE ON DATABASE "${database}" TO "${user}"`,
      };
    case "ECONNRESET":
    case "EPIPE":
    case "57P01":
    case "57P02":
    case "57P05":
    case "25P03":
      return {
        why: `the connection was cut (${text})`,
        remedy: "look whether it is being restarted, and what is in between",
      };
    case "53300":
      return { why: "it has no connection left", remedy: "raise max_connections, or let fewer programs connect" };
    case READ_ONLY:
      return {
        why: "it is read-only",
        remedy: "name the primary in the store's URL, not a replica, or look who has set default_transaction_read_only",
      };
    case "53100":
      return { why: `its disk is full (${text})`, remedy: "free or add space" };
    case "57014":
    case HELD_UP:
      return { why: `it takes too long (${text})`, remedy: "look in pg_stat_activity for what keeps it busy" };
    case "57P03":
      return { why: `it is not ready (${text})`, remedy: "wait until it is" };
    default:
      return { why: text, remedy: "check the database's log and the configuration's store" };
  }
}

/** The code of PostgreSQL or of the operating system; of several addresses that were tried, the first one's. */
function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  // What the driver says has no code.
  if (/timeout|timed out/i.test(error.message)) return "ETIMEDOUT";
  return /^(Connection terminated|Client (has encountered|was closed))/.test(error.message) ? "ECONNRESET" : undefined;
}

/** Classes of codes that tell of the database, and not of what was asked: connections, resources, operators, the system. */
const OF_THE_DATABASE = /^(08|53|57|58|XX)|^(25006|25P03|55P03)$/;
const OF_THE_SYSTEM = /^E[A-Z_]+$/;

/** Whether the database cannot do anything for anybody at the moment, whatever is asked of it. */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && (OF_THE_DATABASE.test(code) || OF_THE_SYSTEM.test(code));
}

/** Whether the server lacks what it needs to write, a disk above all, and may read all the same. */
export function isOutOfResources(error: unknown): boolean {
  return /^(53|58|XX)/.test(codeOf(error) ?? "");
}

/** Whether the server refuses to write: it is a replica, or somebody has forbidden it. */
export function isReadOnly(error: unknown): boolean {
  return codeOf(error) === READ_ONLY;
}

/** Whether another transaction has held for too long what was needed. */
export function isHeldUp({ cause }: StartError): boolean {
  return codeOf(cause) === HELD_UP;
}

function firstLine({ message }: Error): string {
  return message.split("\n", 1)[0] ?? "";
}

/** What two transactions did to one another, and neither to blame: whoever begins anew gets through. */
const conflicts: ReadonlySet<string | undefined> = new Set<DatabaseError["code"]>([
  "40001", // serialization_failure
  "40P01", // deadlock_detected
  "23505", // unique_violation: both added the same; the second one finds it when it looks again
]);

export function isConflict(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string" && conflicts.has(error.code);
}
