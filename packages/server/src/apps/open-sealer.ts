import { randomBytes } from "node:crypto";

import { StartError } from "@muster/foundation";

import { makeKeyFile, readKeyFile } from "./key-file.ts";
import { createSealer, type Sealer } from "./sealer.ts";

export interface SealerKeys {
  readonly encryptionKey?: string | undefined;
  readonly previousEncryptionKey?: string | undefined;
  /** Without it nobody can change settings while the server runs. */
  readonly adminToken?: string | undefined;
}

/**
 * The sealer of a store: with the configured key, else with that of the key file beside the store, which is made
 * where there is none. What was sealed with the file's key opens also after another was configured.
 * @param keyFile absent where the store is not a file: nodes that share it need the same key, which is configured
 * @param isNew whether nothing is sealed yet
 * @throws {StartError} `KEY_UNUSABLE`
 */
export function openSealer(
  { encryptionKey, previousEncryptionKey, adminToken }: SealerKeys,
  keyFile: string | undefined,
  isNew: boolean,
): Sealer {
  if (keyFile === undefined) return openShared({ encryptionKey, previousEncryptionKey, adminToken }, isNew);
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

function openShared({ encryptionKey, previousEncryptionKey, adminToken }: SealerKeys, isNew: boolean): Sealer {
  const previous = previousEncryptionKey === undefined ? [] : [previousEncryptionKey];
  if (encryptionKey !== undefined) return createSealer(encryptionKey, previous);
  // Nothing is sealed, and nobody can ask for it.
  if (isNew && adminToken === undefined) return createSealer(randomBytes(32).toString("hex"), previous);
  throw new StartError(
    "KEY_UNUSABLE",
    "Nodes that share a store need the same key for settings that the admin API changes: set server.encryptionKey.",
  );
}
