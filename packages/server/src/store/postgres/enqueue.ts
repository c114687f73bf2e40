import type { PostgresTransaction } from "@muster/foundation";

import type { CommittedCallback, NewCallback } from "../../ports/outbox.ts";
import { joined, statementForMany } from "./for-many.ts";
import { shardOf } from "./shards.ts";
import type { Tallies } from "./tallies.ts";

/**
 * The lane's row gives the number and is held until the commit: numbers have no gaps and are committed in their order.
 * The position is taken after the row, so that it grows along with the number. A lane that is new is added, and where
 * another transaction has just done that, counted on.
 */
const add = statementForMany(
  `WITH counted AS (
     UPDATE lane SET last = last + 1, due = coalesce(due, $9),
       head = CASE WHEN settled = last THEN nextval('outbox_position') ELSE head END
     WHERE app = $1 AND lane = $2
     RETURNING last, settled, CASE WHEN settled = last - 1 THEN head ELSE nextval('outbox_position') END AS position
   ), made AS (
     INSERT INTO lane (app, lane, shard, last, settled, due, head, kind)
     SELECT $1, $2, $13, 1, 0, $9, nextval('outbox_position'), $14 WHERE NOT EXISTS (SELECT 1 FROM counted)
     ON CONFLICT (app, lane) DO UPDATE SET last = lane.last + 1, due = coalesce(lane.due, excluded.due),
       head = CASE WHEN lane.settled = lane.last THEN nextval('outbox_position') ELSE lane.head END
     RETURNING last, settled, CASE WHEN settled = last - 1 THEN head ELSE nextval('outbox_position') END AS position
   ), numbered AS (
     SELECT * FROM counted UNION ALL SELECT * FROM made
   ), kept AS (
     INSERT INTO outbox (app, position, lane, sequence, id, command, body, client_ip, platform, accepted_at, replay_of,
       replay_sequence, traceparent)
     SELECT $1, position, $2, last, $3, $4, $5, $6, $7, $8, $10, $11, $12 FROM numbered
   )
   SELECT position, last AS sequence, settled FROM numbered`,
  {
    // Whoever takes several lanes does so in the order of their names. A group's lane that is there stays.
    text: `WITH new AS MATERIALIZED (
       SELECT * FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[],
         $9::bigint[], $10::bigint[], $11::bigint[], $12::text[], $13::smallint[], $14::text[])
         AS new (lane, id, command, body, client_ip, platform, accepted_at, due, replay_of, replay_sequence, traceparent,
           shard, kind)
     ), numbered AS (
       INSERT INTO lane (app, lane, shard, last, settled, due, head, kind)
       SELECT $1, lane, shard, 1, 0, due, coalesce(
         (SELECT 0 FROM lane WHERE app = $1 AND lane.lane = new.lane), nextval('outbox_position')
       ), kind FROM new ORDER BY lane
       ON CONFLICT (app, lane) DO UPDATE SET last = lane.last + 1, due = coalesce(lane.due, excluded.due),
         head = CASE WHEN lane.settled = lane.last THEN nextval('outbox_position') ELSE lane.head END
       RETURNING lane, last, settled, CASE WHEN settled = last - 1 THEN head ELSE nextval('outbox_position') END AS position
     ), kept AS (
       INSERT INTO outbox (app, position, lane, sequence, id, command, body, client_ip, platform, accepted_at, replay_of,
         replay_sequence, traceparent)
       SELECT $1, position, lane, last, id, command, body, client_ip, platform, accepted_at, replay_of, replay_sequence,
         traceparent FROM numbered JOIN new USING (lane)
     )
     SELECT lane, position, last AS sequence, settled FROM numbered`,
    values: joined,
    whose: { column: "lane", parameter: 1 },
    claims: 1,
  },
);

/** Puts callbacks of an app into the outbox. `onEnqueued` hears of each with its number, once that is known. */
export function createEnqueue(
  tx: PostgresTransaction,
  app: number,
  tallies: Tallies,
  onEnqueued: (added: CommittedCallback) => void,
): (callback: NewCallback) => void {
  return (callback) => {
    const { id, lane, command, body, clientIp, platform, acceptedAt, replayOf, traceparent } = callback;
    if (replayOf === undefined) tallies.count("accepted", 1);
    tx.pushFor<{ position: number; sequence: number; settled: number }>(
      (rows) => {
        for (const { position, sequence, settled } of rows) {
          onEnqueued({
            callback: { ...callback, sdkAppId: app, position, sequence, attempts: 0 },
            isHead: settled === sequence - 1,
          });
        }
      },
      add,
      app,
      lane,
      id,
      command,
      body,
      clientIp,
      platform,
      acceptedAt,
      acceptedAt,
      replayOf?.position ?? null,
      replayOf?.sequence ?? null,
      traceparent ?? null,
      shardOf(app, lane),
      replayOf === undefined ? "fresh" : "replay",
    );
  };
}
