import type { AttemptOutcome } from "../ports/outbox.ts";
import { AnswerTooLargeError } from "./answer-reader.ts";
import { ConnectionLostError } from "./connection.ts";
import { DeadlineError } from "./exchange.ts";
import { ForbiddenAddressError, HandshakeBrokenOffError } from "./guarded-connector.ts";

const byCode: Readonly<Record<string, AttemptOutcome>> = {
  ECONNREFUSED: "refused",
  EHOSTUNREACH: "refused",
  ENETUNREACH: "refused",
  ECONNRESET: "reset",
  EPIPE: "reset",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  ETIMEDOUT: "connect-timeout",
};

/** OpenSSL's and Node's words for a certificate or a handshake that is not right. */
const tlsCode = /^(?:ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO)/;

/** The class of what went wrong with an attempt that has no answer. */
export function outcomeOf(error: unknown): AttemptOutcome {
  if (!(error instanceof Error)) return "other";
  if (error instanceof ForbiddenAddressError) return "forbidden-address";
  if (error instanceof HandshakeBrokenOffError) return "tls";
  if (error instanceof AnswerTooLargeError) return "too-large";
  if (error instanceof ConnectionLostError) return "reset";
  if (error instanceof DeadlineError) return `${error.phase}-timeout`;
  if ("code" in error && typeof error.code === "string") {
    const known = byCode[error.code] ?? (tlsCode.test(error.code) ? "tls" : undefined);
    if (known) return known;
  }
  // Several addresses were tried in turn: the last failure speaks for all.
  if (error instanceof AggregateError) return outcomeOf(error.errors.at(-1));
  return error.cause === undefined ? "other" : outcomeOf(error.cause);
}
