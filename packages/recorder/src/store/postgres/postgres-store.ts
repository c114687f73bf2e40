import { openFreshReads, openPostgres, refuseIncomplete, statement } from "@muster/foundation";

import { createKeepTogether } from "../keep-together.ts";
import type { RecorderStore, StorePorts } from "../recorder-store.ts";
import { createEventReader } from "./event-reader.ts";
import { writeEvents } from "./event-writer.ts";
import { createGroupReader } from "./group-reader.ts";
import { createJournalWatch } from "./journal-watch.ts";
import { createLeadership } from "./leadership.ts";
import { migrations, SCHEMA } from "./schema.ts";
import { createSinkStore } from "./sink-store.ts";
import { createSnapshotReader, createTrimming } from "./trimming.ts";

/** One writes, the others read. */
const CONNECTIONS = 8;

// Positions have no gaps.
const size = statement(`
  SELECT last + 1 - coalesce((SELECT position FROM events ORDER BY position LIMIT 1), last + 1) AS events,
    pg_total_relation_size('events') AS bytes FROM journal`);

/**
 * Opens a store in a database of PostgreSQL, which other nodes may have open as well.
 * @param url `postgres://user:password@host:port/database`
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openPostgresStore(
  url: string,
  { clock, log, watch, replica }: StorePorts,
): Promise<RecorderStore> {
  const db = await openPostgres(url, { schema: SCHEMA, migrations, connections: CONNECTIONS, watch });
  await refuseIncomplete(db);
  const plan = replica && { url: replica.url, schema: SCHEMA, connections: CONNECTIONS };
  const fresh = plan && (await openFreshReads({ primary: db, replica: plan, reads: replica.reads, clock, log }));
  const events = createEventReader(db);
  const more = createJournalWatch(events.lastPosition, clock);
  const together = createKeepTogether(async (callbacks) => {
    const { kept, last } = await writeEvents(db, callbacks);
    more.reached(last);
    return kept;
  });

  return {
    journal: {
      ...events,
      ...createGroupReader(db),
      ...createTrimming(db),
      keep: together.keep,
      async size() {
        const [row] = await db.all<{ events: number; bytes: number }>(size);
        return { events: row?.events ?? 0, bytes: row?.bytes ?? 0 };
      },
      onCommit: more.onMore,
    },
    ...(fresh && {
      asked: { ...createEventReader(fresh), ...createGroupReader(fresh), ...createSnapshotReader(fresh) },
      replica: fresh.state,
    }),
    sinks: createSinkStore(db),
    leadership: createLeadership(db, clock, log),
    check: db.check,
    async close() {
      more.stop();
      await together.close();
      await fresh?.close();
      await db.close();
    },
  };
}
