import { ConfigError, StartError } from "@muster/foundation";

/** A command could not do what was asked; the message says why and what to do. */
export class CommandFailure extends Error {
  override readonly name = "CommandFailure";
}

/** Why a call reached nobody, in a few words: what the network, or the certificate, says. */
export function unreachedReason(error: unknown): string {
  const { cause = error } = error instanceof Error ? error : {};
  if (!(cause instanceof Error)) return String(cause);
  return cause.message === "" && "code" in cause ? String(cause.code) : cause.message;
}

/** What to tell a person about an error: its message where it was written for people, all of it otherwise. */
export function describeFailure(error: unknown): string {
  if (error instanceof ConfigError || error instanceof StartError || error instanceof CommandFailure)
    return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
