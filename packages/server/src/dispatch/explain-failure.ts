import type { Finding } from "../ports/callback-verifier.ts";
import type { AttemptOutcome } from "../ports/outbox.ts";
import { outcomeOf } from "./attempt-outcome.ts";
import { AnswerTooLargeError } from "./answer-reader.ts";
import { DeadlineError, UnfinishedAnswerError } from "./exchange.ts";

/** What went wrong with a call, for the person who can mend it. */
export interface Explanation {
  readonly step: Finding["step"];
  readonly message: string;
  readonly remedy: string;
}

type Reason = readonly [message: string, remedy: string];

const oldTls: Reason = ["the endpoint speaks only versions of TLS that are broken", "let it speak TLS 1.2 or 1.3"];
const clientRefused: Reason = [
  "the endpoint refuses the client certificate",
  "check callback.tls.cert: has it expired, and does the endpoint know its authority?",
];

const brokenOff: Reason = [
  "the endpoint broke the handshake off",
  "if it asks for a client certificate, set callback.tls.cert and callback.tls.key to one that it takes; else check its TLS settings",
];

const tlsReasons: Readonly<Record<string, Reason>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    "the certificate is self-signed",
    "use a certificate of a public authority, or set callback.tls.ca to this one",
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    "the certificate leads to an authority that this machine does not know",
    "use a certificate of a public authority, or set callback.tls.ca to the authority's",
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    "the certificate's authority cannot be found",
    "let the endpoint send its whole chain, intermediate certificates too, or set callback.tls.ca to its authority's",
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    "the certificate's authority cannot be found",
    "let the endpoint send its whole chain, or set callback.tls.ca to the certificate of its authority",
  ],
  CERT_HAS_EXPIRED: ["the certificate has expired", "renew it"],
  CERT_NOT_YET_VALID: ["the certificate is not valid yet", "check the clocks of both machines"],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "the certificate is for another host name",
    "use a certificate for the URL's host name, or the host name that the certificate is for",
  ],
  ERR_SSL_UNSUPPORTED_PROTOCOL: oldTls,
  ECONNRESET: brokenOff,
  EPIPE: brokenOff,
  ERR_SSL_WRONG_VERSION_NUMBER: [
    "what answers there does not speak TLS",
    "check the port, or write http:// if that is what it speaks",
  ],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: [
    "what answers there does not speak TLS",
    "check the port, or write http:// if that is what it speaks",
  ],
};

const unreachable: ReadonlySet<string> = new Set(["EHOSTUNREACH", "ENETUNREACH"]);

/** What an endpoint says when it ends a connection, by the name of the alert. */
const alerts: Readonly<Record<string, Reason>> = {
  CERTIFICATE_REQUIRED: [
    "the endpoint asks for a client certificate",
    "set callback.tls.cert and callback.tls.key to one that it takes",
  ],
  PROTOCOL_VERSION: oldTls,
  HANDSHAKE_FAILURE: brokenOff,
  UNKNOWN_CA: clientRefused,
  BAD_CERTIFICATE: clientRefused,
  CERTIFICATE_UNKNOWN: clientRefused,
  CERTIFICATE_EXPIRED: clientRefused,
  CERTIFICATE_REVOKED: clientRefused,
  ACCESS_DENIED: clientRefused,
};

/** What went wrong with TLS. OpenSSL's names for an alert begin otherwise from version to version. */
function tlsReason(code: string): Reason | undefined {
  return tlsReasons[code] ?? alerts[/_ALERT_(\w+)$/.exec(code)?.[1] ?? ""];
}

/** Explains what a call without a whole answer failed with. */
export function explainFailure(error: unknown): Explanation {
  return explained(outcomeOf(error), codeOf(error), failureText(error));
}

/** By the class of what went wrong and the error's own code. */
function explained(outcome: AttemptOutcome, code: string | undefined, text: string): Explanation {
  switch (outcome) {
    case "dns":
      return {
        step: "name",
        message: "the host name was not found",
        remedy: "check its spelling, and that this machine's DNS knows it",
      };
    case "forbidden-address":
      return {
        step: "address",
        message: "the URL leads to an address that callbacks must not be sent to",
        remedy:
          "use a public address; for one of your own network set callback.allowPrivateNetwork, or name the network in callback.allowNetworks",
      };
    case "refused":
      return {
        step: "connection",
        message: unreachable.has(code ?? "") ? "no way leads to the endpoint's network" : "the connection was refused",
        remedy:
          "check that the web server runs, listens on this port and for other machines, and that no firewall refuses",
      };
    case "tls": {
      const [message, remedy] = tlsReason(code ?? "") ?? [
        `no secure connection came about (${code ?? text})`,
        "check the endpoint's certificate and its TLS settings",
      ];
      return { step: "tls", message, remedy };
    }
    case "connect-timeout":
      return {
        step: "connection",
        message: "there was no connection within 2 s",
        remedy: "check host and port, and that no firewall on the way drops what is sent",
      };
    case "headers-timeout":
      return {
        step: "answer",
        message: "there was no answer within 2 s, connecting included",
        remedy: "answer first and work later",
      };
    case "body-timeout":
      return {
        step: "answer",
        message: "the answer began, but was not whole within 2 s",
        remedy: "end the answer: check its content-length, and any proxy on the way",
      };
    case "reset":
      return {
        step: "answer",
        message: "the connection was broken off before the answer was whole",
        remedy:
          "look into the log of the web server and of any proxy before it; does it expect https there, or another client certificate?",
      };
    case "too-large":
      return {
        step: "answer",
        message: "the answer is longer than what is read of one",
        remedy: 'answer {"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""} and nothing more',
      };
    default:
      return { step: "answer", message: text, remedy: "look into the log of the endpoint" };
  }
}

/**
 * What an attempt's record says of what it failed with. Never the system's own words: they name the addresses that
 * names of one's own network resolve to.
 */
export function failureText(error: unknown): string {
  if (error instanceof UnfinishedAnswerError) return failureText(error.cause);
  if (error instanceof DeadlineError || error instanceof AnswerTooLargeError) return error.message;
  const code = codeOf(error);
  const isOfTheSystem = error instanceof Error && ("syscall" in error || error instanceof AggregateError);
  const text =
    isOfTheSystem || !(error instanceof Error) ? `the connection failed (${code ?? "unknown"})` : error.message;
  return explained(outcomeOf(error), code, text).message;
}

const byStatus: Readonly<Record<number, string>> = {
  400: "the endpoint does not understand callbacks: look into its log",
  401: "does the endpoint check Sign with this token?",
  403: "does the endpoint check Sign with this token, and expect this SdkAppid? Or does a firewall refuse?",
  404: "check the URL's path",
  405: "let the path take POST",
  413: "let the endpoint take bodies of up to 1 MiB",
  415: "let the endpoint take application/json",
};

/** Explains an answer that does not take a callback. */
export function explainAnswer(status: number, answer: string): Explanation {
  if (status !== 200) {
    const remedy =
      status >= 300 && status < 400
        ? "give the URL that it leads to: redirects are not followed"
        : (byStatus[status] ?? "look into the log of the endpoint: callbacks are answered with 200");
    return { step: "status", message: `the answer's HTTP status is ${status}, not 200`, remedy };
  }
  const text = answer.trimStart();
  const what = text === "" ? "empty" : text.startsWith("<") ? "a web page" : "something else";
  return {
    step: "json",
    message: `the answer is not a JSON object, but ${what}`,
    remedy: 'answer {"ActionStatus":"OK","ErrorCode":0,"ErrorInfo":""}',
  };
}

/** The code of an error, or of what caused it. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors.at(-1));
  return codeOf(error.cause);
}
