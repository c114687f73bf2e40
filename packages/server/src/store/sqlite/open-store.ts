import { createGroupCommit, openSqlite, type CommitListener, type CommitWatch } from "@muster/foundation";

import { nobodyElse } from "../../other-nodes.ts";
import type { Notice } from "../../ports/notice-log.ts";
import type { CommittedCallback } from "../../ports/outbox.ts";
import { knownOutcome } from "../known-outcome.ts";
import type { OpenStore } from "../opened-store.ts";
import { createAppRecords } from "./app-records.ts";
import { createDeliveries } from "./deliveries.ts";
import { createEndpointStates } from "./endpoint-states.ts";
import { createGroupReads } from "./group-reads.ts";
import { createGroupWrites } from "./group-writes.ts";
import { APPLICATION_ID, migrations } from "./migrations.ts";
import { createOldestPending } from "./oldest-pending.ts";
import { createNoticeLog, readListeners } from "./notice-log.ts";
import { createNoticeWrites } from "./notice-writes.ts";
import { createOutbox } from "./outbox.ts";
import { rememberedKicks, type AppUser } from "./remembered-kicks.ts";
import { createSeriesStore } from "./series.ts";
import { createSettling } from "./settling.ts";
import { createStaged } from "./staged.ts";
import { createSettlerThread } from "./start-settler.ts";
import { createWriteSettled } from "./write-settled.ts";

/**
 * Opens the store in a SQLite file.
 * @param watch measures the commits
 * @throws {StartError} `STORE_UNUSABLE`
 */
export function openSqliteStore(path: string, watch?: CommitWatch): OpenStore {
  const file = openSqlite(path, APPLICATION_ID, migrations);
  const callbacks = createStaged<CommittedCallback>();
  const notices = createStaged<Notice>();
  const kicks = createStaged<AppUser>();
  const staged = [callbacks, notices, kicks];
  const listener: CommitListener = {
    done: () => staged.forEach(({ done }) => done()),
    undone: () => staged.forEach(({ undone }) => undone()),
    committed: () => staged.forEach(({ committed }) => committed()),
    lost: () => staged.forEach(({ lost }) => lost()),
  };
  const commits = createGroupCommit(file.writer, listener, watch);
  const listeners = readListeners(file.reader);
  const reads = rememberedKicks(createGroupReads(file.reader), kicks.onCommitted);
  const noticeWrites = createNoticeWrites(file.writer, (app) => listeners.has(app), notices.add);
  const writes = createGroupWrites(file.writer, callbacks.add, kicks.add, noticeWrites);

  const thread = createSettlerThread(path);
  const settle = createSettling({ commits, write: createWriteSettled(file.writer), thread });

  return {
    store: {
      read: reads,
      write: (sdkAppId, work) =>
        knownOutcome(
          commits.write(async () => {
            noticeWrites.begin();
            const result = await work(writes(sdkAppId));
            noticeWrites.finish();
            return result;
          }),
        ),
    },
    outbox: createOutbox(file.writer, file.reader, commits, settle, callbacks.onCommitted),
    others: nobodyElse,
    appRecords: createAppRecords(file.writer, file.reader, commits),
    endpointStates: createEndpointStates(file.writer, file.reader, commits),
    notices: createNoticeLog(file.writer, file.reader, commits, listeners, notices.onCommitted),
    oldestPending: createOldestPending(file.reader),
    deliveries: createDeliveries(file.writer, file.reader, commits, (sdkAppId, callback) =>
      writes(sdkAppId).enqueue(callback),
    ),
    series: createSeriesStore(file.writer, file.reader, commits),
    async check() {
      file.check();
      commits.check();
    },
    leave: () => Promise.resolve(),
    async close() {
      await commits.close();
      await thread.end();
      file.close();
    },
  };
}
