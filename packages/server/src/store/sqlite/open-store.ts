import { createGroupCommit, openSqlite } from "@muster/foundation";

import type { AppRecords, CommittedCallback, EndpointStates, Outbox, Store } from "../../ports.ts";
import { createAppRecords } from "./app-records.ts";
import { createEndpointStates } from "./endpoint-states.ts";
import { createGroupReads } from "./group-reads.ts";
import { createGroupWrites } from "./group-writes.ts";
import { APPLICATION_ID, migrations } from "./migrations.ts";
import { createOutbox } from "./outbox.ts";

/** A store that is open: the groups, and the outbox that is written with them. */
export interface OpenStore {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly appRecords: AppRecords;
  readonly endpointStates: EndpointStates;
  /** Throws where the store cannot be reached. */
  check(): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

/**
 * Opens the store in a SQLite file.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export function openSqliteStore(path: string): OpenStore {
  const file = openSqlite(path, APPLICATION_ID, migrations);
  const listeners: ((added: readonly CommittedCallback[]) => void)[] = [];

  // What the running transaction has added, and how much of that is past a savepoint.
  let added: CommittedCallback[] = [];
  let kept = 0;
  const commits = createGroupCommit(file.writer, {
    done: () => (kept = added.length),
    undone: () => (added.length = kept),
    committed: () => {
      const whole = added;
      added = [];
      kept = 0;
      if (whole.length > 0) for (const listener of listeners) listener(whole);
    },
    lost: () => {
      added = [];
      kept = 0;
    },
  });
  const reads = createGroupReads(file.reader);
  const writes = createGroupWrites(file.writer, (callback) => added.push(callback));
  const check = file.reader.prepare("SELECT count(*) FROM sqlite_schema");

  return {
    store: {
      read: reads,
      write: (sdkAppId, work) => commits.write(() => work(writes(sdkAppId))),
    },
    outbox: createOutbox(file.writer, file.reader, commits, (listener) => listeners.push(listener)),
    appRecords: createAppRecords(file.writer, file.reader, commits),
    endpointStates: createEndpointStates(file.writer, file.reader, commits),
    async check() {
      check.get();
    },
    async close() {
      await commits.close();
      file.close();
    },
  };
}
