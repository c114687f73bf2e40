import { statement, type Postgres } from "@muster/foundation";
import type { OptPlatform } from "@muster/protocol";

import type { RoomStay } from "../../ports/notice-log.ts";
import { NEWEST, type PresenceBoard } from "../../presence-board.ts";
import type { DeliveringNode } from "./node.ts";

const put = statement(
  `INSERT INTO presence (app, user_id, node, platforms) VALUES ($1, $2, $3, $4)
   ON CONFLICT (app, user_id, node) DO UPDATE SET platforms = excluded.platforms`,
);
const elsewhere = statement(
  "SELECT user_id, platforms FROM presence WHERE app = $1 AND user_id = ANY ($2::text[]) AND node = ANY ($3::integer[])",
);
const rooms = statement("SELECT group_id, since FROM room_stay WHERE app = $1 AND user_id = $2 ORDER BY came");
const enter = statement(
  `INSERT INTO room_stay (app, group_id, user_id, since) VALUES ($1, $2, $3, $4)
   ON CONFLICT (app, group_id, user_id) DO UPDATE SET since = least(room_stay.since, excluded.since)`,
);
const leave = statement("DELETE FROM room_stay WHERE app = $1 AND group_id = $2 AND user_id = $3");
const headCount = statement("SELECT count(*) AS n FROM room_stay WHERE app = $1 AND group_id = $2");
const isNewest = `room_stay.came >= coalesce((
  SELECT came FROM room_stay AS every WHERE every.app = room_stay.app AND every.group_id = room_stay.group_id
  ORDER BY came DESC OFFSET ${NEWEST - 1} LIMIT 1
), 0)`;
const among = statement(
  `SELECT user_id, ${isNewest} AS newest FROM room_stay WHERE app = $1 AND group_id = $2 AND user_id = ANY ($3::text[])`,
);

// Whoever ends a user's last connection must see what others end at the same moment: one after the other.
const hold = statement("SELECT 1 FROM presence WHERE app = $1 AND user_id = $2 ORDER BY node FOR UPDATE");
const goFrom = statement("DELETE FROM presence WHERE app = $1 AND user_id = $2 AND node = $3");
const goFromRooms = statement(
  `DELETE FROM room_stay WHERE app = $1 AND user_id = $2
     AND NOT EXISTS (SELECT 1 FROM presence WHERE app = $1 AND user_id = $2)
   RETURNING group_id, ${isNewest} AS newest`,
);

const enlist = statement("INSERT INTO node (number) VALUES ($1) ON CONFLICT DO NOTHING RETURNING number");
const strike = statement("DELETE FROM node WHERE number = $1");
const listed = statement("SELECT number FROM node WHERE number <> ALL ($1::integer[])");
const usersOf = statement("SELECT app, user_id FROM presence WHERE node = $1 ORDER BY app, user_id LIMIT $2");
const goQuietly = statement(
  `DELETE FROM presence WHERE node = $1 AND NOT EXISTS (
     SELECT 1 FROM room_stay WHERE room_stay.app = presence.app AND room_stay.user_id = presence.user_id
   )`,
);
const forgetPresence = statement("DELETE FROM presence WHERE node < $1");
const forgetRooms = statement("DELETE FROM room_stay");
const forgetNodes = statement("DELETE FROM node WHERE number < $1");

/** Most users of a node that is gone who are looked at in one go. */
const PIECE = 200;

/** Who is connected where, in tables that are written without a log: they need not outlive the database's process. */
export async function openPresenceBoard(
  db: Postgres,
  node: Pick<DeliveringNode, "number" | "alive" | "isHeard">,
): Promise<PresenceBoard> {
  const others = (): number[] => [...node.alive()].filter((number) => number !== node.number);

  async function depart(app: number, userId: string, from: number): Promise<{ groupId: string; newest: boolean }[]> {
    return await db.transaction(async (tx) => {
      tx.push(hold, app, userId);
      tx.push(goFrom, app, userId, from);
      const left = await tx.all<{ group_id: string; newest: boolean }>(goFromRooms, app, userId);
      return left.map(({ group_id: groupId, newest }) => ({ groupId, newest }));
    });
  }

  // Nobody who was connected is expected by anyone: as with a server that starts alone.
  if (others().length === 0) {
    await db.transaction(async (tx) => {
      tx.push(forgetPresence, node.number);
      tx.push(forgetRooms);
      tx.push(forgetNodes, node.number);
    });
  }
  await db.all(enlist, node.number);

  return {
    async put(app, userId, platforms) {
      await db.all(put, app, userId, node.number, platforms);
    },
    async elsewhere(app, userIds) {
      const nodes = others();
      if (nodes.length === 0 || userIds.length === 0) return [];
      const rows = await db.all<{ user_id: string; platforms: OptPlatform[] }>(elsewhere, app, userIds, nodes);
      return rows.map(({ user_id: userId, platforms }) => ({ userId, platforms }));
    },
    async rooms(app, userId) {
      const rows = await db.all<{ group_id: string; since: number }>(rooms, app, userId);
      return rows.map(({ group_id, since }): RoomStay => [group_id, since]);
    },
    async enterRoom(app, groupId, userId, since) {
      await db.all(enter, app, groupId, userId, since);
    },
    async leaveRoom(app, groupId, userId) {
      await db.all(leave, app, groupId, userId);
    },
    async headCount(app, groupId) {
      const [row] = await db.all<{ n: number }>(headCount, app, groupId);
      return row?.n ?? 0;
    },
    async among(app, groupId, userIds) {
      const rows = await db.all<{ user_id: string; newest: boolean }>(among, app, groupId, userIds);
      return {
        audience: rows.map(({ user_id }) => user_id),
        newest: new Set(rows.filter(({ newest }) => newest).map(({ user_id }) => user_id)),
      };
    },
    depart: (app, userId) => depart(app, userId, node.number),
    async isForgotten() {
      return (await db.all(enlist, node.number)).length > 0;
    },
    async gone() {
      // Who hears nothing knows nothing of others.
      if (!node.isHeard()) return [];
      const rows = await db.all<{ number: number }>(listed, [...node.alive(), node.number]);
      return rows.map(({ number }) => number);
    },
    async departAll(gone, onDeparted) {
      await db.all(goQuietly, gone);
      for (;;) {
        const users = await db.all<{ app: number; user_id: string }>(usersOf, gone, PIECE);
        for (const { app: sdkAppId, user_id: userId } of users) {
          for (const left of await depart(sdkAppId, userId, gone)) onDeparted({ sdkAppId, userId, ...left });
        }
        if (users.length < PIECE) break;
      }
      await db.all(strike, gone);
    },
  };
}
