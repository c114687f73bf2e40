import { statement, type Postgres, type PostgresValue } from "@muster/foundation";
import type { Kept, ReceivedCallback } from "@muster/receiver";

const hold = statement("SELECT last FROM journal FOR NO KEY UPDATE");
const find = statement("SELECT dedupe_key, position FROM events WHERE dedupe_key = ANY ($1::text[])");
const move = statement("UPDATE journal SET last = $1");
const insert = statement(`
  INSERT INTO events (
    position, dedupe_key, sdk_app_id, command, group_id, webhook_id, sequence, attempt,
    event_time, client_ip, platform, received_at, query, fault, body, replay
  ) SELECT * FROM unnest(
    $1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
    $9::bigint[], $10::text[], $11::text[], $12::bigint[], $13::text[], $14::text[], $15::bytea[], $16::bigint[]
  )`);
const countArrivals = statement(`
  INSERT INTO repeats (position, times, last_arrived_at, replays)
  SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[])
  ON CONFLICT (position) DO UPDATE
  SET times = repeats.times + excluded.times, last_arrived_at = excluded.last_arrived_at,
    replays = repeats.replays + excluded.replays`);
const addGroups = statement(`
  INSERT INTO groups (group_id, sdk_app_id, first_position)
  SELECT DISTINCT ON (group_id, sdk_app_id) * FROM unnest($1::text[], $2::bigint[], $3::bigint[])
    AS told (group_id, sdk_app_id, position)
  ORDER BY group_id, sdk_app_id, position
  ON CONFLICT (group_id, sdk_app_id) DO NOTHING`);

/** What became of callbacks that were written together, and the position of the journal's last event since then. */
export interface Written {
  readonly kept: readonly Kept[];
  readonly last: number;
}

interface Placed extends ReceivedCallback {
  readonly position: number;
}

/** How often an event came again. */
interface Repeat {
  times: number;
  lastArrivedAt: number;
  replays: number;
}

/**
 * Writes callbacks, each once per `dedupeKey`, in one transaction. The journal's row is held from the beginning to the
 * commit: so nobody else adds the same meanwhile, and duplicates use up no positions.
 */
export function writeEvents(db: Postgres, callbacks: readonly ReceivedCallback[]): Promise<Written> {
  return db.transaction(async (tx) => {
    let last = 0;
    // Both travel together, and the second is asked when the row is held.
    tx.pushFor<{ last: number }>((rows) => {
      last = rows[0]?.last ?? 0;
    }, hold);
    const keys = callbacks.map(({ dedupeKey }) => dedupeKey);
    const known = await tx.all<{ dedupe_key: string; position: number }>(find, keys);
    const positions = new Map(known.map((row) => [row.dedupe_key, row.position]));
    const added: Placed[] = [];
    const repeats = new Map<number, Repeat>();
    const kept = callbacks.map((callback): Kept => {
      const position = positions.get(callback.dedupeKey);
      if (position === undefined) {
        last += 1;
        positions.set(callback.dedupeKey, last);
        added.push({ ...callback, position: last });
        return "new";
      }
      const repeat = repeats.get(position) ?? { times: 0, lastArrivedAt: 0, replays: 0 };
      repeats.set(position, repeat);
      repeat.times += 1;
      repeat.lastArrivedAt = callback.receivedAt;
      repeat.replays += Number(callback.replay);
      return "duplicate";
    });
    if (added.length > 0) {
      const column = (valueOf: (event: Placed) => Exclude<PostgresValue, readonly unknown[]> | undefined) =>
        added.map((event) => valueOf(event) ?? null);
      tx.push(move, last);
      tx.push(
        insert,
        column((event) => event.position),
        column((event) => event.dedupeKey),
        column((event) => event.sdkAppId),
        column((event) => event.command),
        column((event) => event.groupId),
        column((event) => event.id),
        column((event) => event.sequence),
        column((event) => event.attempt),
        column((event) => event.eventTime),
        column((event) => event.clientIp),
        column((event) => event.platform),
        column((event) => event.receivedAt),
        column((event) => event.query),
        column((event) => event.fault),
        column((event) => Buffer.from(event.body.buffer, event.body.byteOffset, event.body.byteLength)),
        column((event) => Number(event.replay)),
      );
      const ofGroups = added.filter(({ groupId }) => groupId !== undefined);
      tx.push(
        addGroups,
        ofGroups.map(({ groupId }) => groupId ?? null),
        ofGroups.map(({ sdkAppId }) => sdkAppId),
        ofGroups.map(({ position }) => position),
      );
    }
    if (repeats.size > 0) {
      const [of, counts] = [[...repeats.keys()], [...repeats.values()]];
      tx.push(
        countArrivals,
        of,
        counts.map(({ times }) => times),
        counts.map(({ lastArrivedAt }) => lastArrivedAt),
        counts.map(({ replays }) => replays),
      );
    }
    return { kept, last };
  });
}
