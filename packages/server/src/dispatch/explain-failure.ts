import type { AttemptOutcome, Finding } from "../ports.ts";

/** What went wrong with a call, for the person who can mend it. */
export interface Explanation {
  readonly step: Finding["step"];
  readonly message: string;
  readonly remedy: string;
}

const tlsReasons: Readonly<Record<string, readonly [message: string, remedy: string]>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: ["the certificate is self-signed", "use a certificate of a public authority"],
  SELF_SIGNED_CERT_IN_CHAIN: [
    "the certificate leads to an authority that this machine does not know",
    "use a certificate of a public authority, or start the server with NODE_EXTRA_CA_CERTS",
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    "the certificate's authority cannot be found",
    "let the endpoint send its whole chain: intermediate certificates are missing",
  ],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: [
    "the certificate's authority cannot be found",
    "let the endpoint send its whole chain, or use a certificate of a public authority",
  ],
  CERT_HAS_EXPIRED: ["the certificate has expired", "renew it"],
  CERT_NOT_YET_VALID: ["the certificate is not valid yet", "check the clocks of both machines"],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    "the certificate is for another host name",
    "use a certificate for the URL's host name, or the host name that the certificate is for",
  ],
  ERR_SSL_WRONG_VERSION_NUMBER: [
    "what answers there does not speak TLS",
    "check the port, or write http:// if that is what it speaks",
  ],
  ERR_SSL_PACKET_LENGTH_TOO_LONG: [
    "what answers there does not speak TLS",
    "check the port, or write http:// if that is what it speaks",
  ],
};

/** Explains a call that has no whole answer, by the class of what went wrong and the error's own code. */
export function explainFailure(outcome: AttemptOutcome, code: string | undefined, text: string): Explanation {
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
        remedy: "use a public address; for one of your own network set callback.allowPrivateNetwork",
      };
    case "refused":
      return {
        step: "connection",
        message: "the connection was refused",
        remedy:
          "check that the web server runs, listens on this port and for other machines, and that no firewall refuses",
      };
    case "tls": {
      const [message, remedy] = tlsReasons[code ?? ""] ?? [
        text,
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
        remedy: "look into the log of the web server and of any proxy before it; does it expect https there?",
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
export function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
}
