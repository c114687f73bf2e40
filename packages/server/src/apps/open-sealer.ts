import { StartError } from "@muster/foundation";

import { makeKeyFile, readKeyFile } from "./key-file.ts";
import { createSealer, type Sealer } from "./sealer.ts";

export interface SealerKeys {
  readonly encryptionKey?: string | undefined;
  readonly previousEncryptionKey?: string | undefined;
}

/**
 * The sealer of a store: with the configured key, else with that of the key file beside the store, which is made
 * where there is none. What was sealed with the file's key opens also after another was configured.
 * @param isNew whether nothing is sealed yet
 * @throws {StartError} `KEY_UNUSABLE`
 */
export function openSealer(
  { encryptionKey, previousEncryptionKey }: SealerKeys,
  keyFile: string,
  isNew: boolean,
): Sealer {
  const inFile = readKeyFile(keyFile);
  const previous = [previousEncryptionKey, inFile].filter((key) => key !== undefined);
  const current = encryptionKey ?? inFile;
  if (current !== undefined) return createSealer(current, previous);
  if (isNew) return createSealer(makeKeyFile(keyFile), previous);
  throw new StartError(
    "KEY_UNUSABLE",
    `The store holds encrypted settings of apps, but there is no key: put ${keyFile} back, or set server.encryptionKey.`,
  );
}
