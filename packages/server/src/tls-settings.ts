import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";

import { fileText, secretText } from "@muster/foundation";
import * as z from "zod";

import type { CallbackTls } from "./app-settings.ts";

/** What is wrong, and with which of the texts. */
interface TlsProblem {
  readonly at: keyof CallbackTls;
  readonly message: string;
}

/** Longest of an app's PEM texts, in characters. */
const MAX_LENGTH = 16_384;

/** What of `callback.tls` may be shown. */
export const callbackCertificates = z.strictObject({
  ca: fileText("the certificates of the authorities that are believed instead of the public ones, as PEM text")
    .max(MAX_LENGTH)
    .optional(),
  cert: fileText("the certificate that is shown where the endpoint asks for one, as PEM text")
    .max(MAX_LENGTH)
    .optional(),
});

/** How HTTPS endpoints are connected to, where that is not as usual. */
export const callbackTls = callbackCertificates
  .extend({ key: secretText("the private key of cert, as PEM text").max(MAX_LENGTH).optional() })
  .superRefine((tls, context) => {
    for (const { at, message } of callbackTlsProblems(tls)) {
      context.addIssue({ code: "custom", path: [at], input: tls[at] ?? "", message });
    }
  });

/** Why texts cannot be used for connections; none where they can. */
function callbackTlsProblems({ ca, cert, key }: CallbackTls): TlsProblem[] {
  const problems: TlsProblem[] = [];
  if (ca !== undefined && certificatesIn(ca).length === 0) {
    problems.push({ at: "ca", message: "must be the certificates of one or more authorities as PEM text" });
  }
  const [own] = cert === undefined ? [] : certificatesIn(cert);
  if (cert !== undefined && !own) {
    problems.push({ at: "cert", message: "must be a certificate as PEM text, its own first" });
  }
  const privateKey = key === undefined ? undefined : privateKeyIn(key);
  if (key !== undefined && !privateKey) {
    problems.push({ at: "key", message: "must be a private key as PEM text that no password is needed for" });
  }
  if (cert !== undefined && key === undefined) problems.push({ at: "key", message: "must be given beside cert" });
  if (key !== undefined && cert === undefined) problems.push({ at: "cert", message: "must be given beside key" });
  if (own && privateKey && !own.checkPrivateKey(privateKey)) {
    problems.push({ at: "key", message: "must be the private key of cert: it is another's" });
  }
  return problems;
}

/** All of them, or none where one cannot be read. */
function certificatesIn(text: string): X509Certificate[] {
  try {
    const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    return blocks.map((block) => new X509Certificate(block));
  } catch {
    return [];
  }
}

function privateKeyIn(text: string): KeyObject | undefined {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}
