import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";

import { StartError } from "../start-error.ts";
import { watchFiles } from "../watch-files.ts";

/** Where the certificate (chain) and its key are, both PEM. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Reads the certificate and its key.
 * @throws {StartError} `TLS_UNREADABLE` where a file cannot be read or the two do not fit
 */
export function readTls({ certFile, keyFile }: TlsFiles): { cert: Buffer; key: Buffer } {
  try {
    const pair = { cert: readFileSync(certFile), key: readFileSync(keyFile) };
    createSecureContext(pair);
    return pair;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(
      "TLS_UNREADABLE",
      `The certificate ${certFile} with the key ${keyFile} cannot be used: ${why}; check both paths in the configuration's tls.`,
      error,
    );
  }
}

/**
 * Puts a renewed certificate to use as soon as its files change. A half-written pair is left alone: the old
 * one stays in use and `onProblem` hears of it. The returned function stops watching.
 */
export function watchTls(
  server: { setSecureContext(options: { cert: Buffer; key: Buffer }): void },
  files: TlsFiles,
  onProblem: (problem: StartError) => void,
  interval?: number,
): () => void {
  const reload = (): void => {
    try {
      server.setSecureContext(readTls(files));
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      onProblem(error);
    }
  };
  return watchFiles([files.certFile, files.keyFile], reload, interval);
}
