import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where the certificates of tests are; `make.sh` there says what each is. */
export const certificateFolder = join(import.meta.dirname, "..", "..", "packages", "server", "fixtures", "tls");

type Named = "server" | "expired" | "elsewhere" | "self-signed" | "client" | "stranger-client";

/** The PEM text of a certificate. */
export function certificate(name: Named | "authority" | "stranger"): string {
  return readFileSync(join(certificateFolder, `${name}.cert.pem`), "utf8");
}

/** A certificate with its private key. */
export function certified(name: Named): { readonly cert: string; readonly key: string } {
  return { cert: certificate(name), key: readFileSync(join(certificateFolder, `${name}.key.pem`), "utf8") };
}
