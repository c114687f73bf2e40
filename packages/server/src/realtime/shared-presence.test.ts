import { createLog, systemClock } from "@muster/foundation";
import { expect, it, onTestFinished, vi } from "vitest";

import { postgresOfFile } from "../../../../test/harness/postgres-of-file.ts";
import { createSimulatedClock, type SimulatedClock } from "../../../../test/harness/simulated-clock.ts";
import type { Departure } from "../presence-board.ts";
import { openPostgresStore } from "../store/postgres/open-store.ts";
import { createSessions, type Session } from "./sessions.ts";
import { createSharedPresence } from "./shared-presence.ts";

const APP = 1400000001;
const ROOM = "live";
const WAIT = { timeout: 15_000 };
const log = createLog("server", "silent");

const postgres = await postgresOfFile();

/** A database and a clock for what happens to connections. */
async function cluster() {
  const url = await postgres.createDatabase();
  const clock = createSimulatedClock();
  return { url, clock, start: () => startNode(url, clock) };
}

async function startNode(url: string, clock: SimulatedClock) {
  const { store, board, others, close } = await openPostgresStore(url, { clock: systemClock, log });
  if (!board) throw new Error("it shares");
  const sessions = createSessions(clock);
  const presence = createSharedPresence({ sessions, board, others, store, clock, log });
  const departures: Departure[] = [];
  presence.onDeparture((departure) => departures.push(departure));
  let over: Promise<void> | undefined;
  const stop = (): Promise<void> => (over ??= presence.stop().then(close));
  onTestFinished(stop);
  const ended: string[] = [];
  /** A device logs in, with a user who is in the room. */
  const device = async (userId: string): Promise<Session> => {
    const session: Session = {
      sdkAppId: APP,
      userId,
      platform: "Web",
      clientIp: "192.0.2.7",
      since: clock.now(),
      tell: () => undefined,
      end: () => ended.push(userId),
      cut: () => undefined,
    };
    sessions.add(session);
    await presence.arrived(APP, userId);
    await presence.enterRoom(APP, ROOM, userId, 0);
    return session;
  };
  return { store, board, sessions, presence, departures, ended, device, stop };
}

const left = (userId: string): Departure => ({ sdkAppId: APP, userId, groupId: ROOM, change: "HeartbeatInterrupt" });
const isOnline = async (node: Awaited<ReturnType<typeof startNode>>, userId: string): Promise<boolean> =>
  (await node.presence.platforms(APP, [userId])).has(userId);

it("waits for a user whose connection was lost, whichever node that comes back to", async () => {
  const { clock, start } = await cluster();
  const [a, b] = [await start(), await start()];
  const first = await a.device("peter");
  await vi.waitUntil(() => isOnline(b, "peter"), WAIT);
  a.sessions.remove(first, "lost");
  await vi.waitUntil(async () => !(await isOnline(b, "peter")), WAIT);
  expect(await b.presence.headCount(APP, ROOM)).toBe(1);
  await clock.run(29_000);
  const second = await b.device("peter");
  b.sessions.remove(second, "lost");
  // Is not a's to wait for any more, and b has only begun to.
  await clock.run(2_000);
  await vi.waitUntil(
    async () => (await b.board.rooms(APP, "peter")).length === 1 && !a.sessions.has(APP, "peter"),
    WAIT,
  );
  await clock.run(28_000);
  await vi.waitUntil(() => b.departures.length === 1, WAIT);
  expect([a.departures, b.departures]).toEqual([[], [left("peter")]]);
  expect(await a.presence.headCount(APP, ROOM)).toBe(0);
});

it("says of a node that is gone who is gone with it, as of connections that were lost", async () => {
  const { clock, start } = await cluster();
  const [a, b] = [await start(), await start()];
  await a.device("leckie");
  await a.device("peter");
  await b.device("peter");
  await a.stop();
  await vi.waitUntil(async () => (await b.board.gone()).length === 1, WAIT);
  expect(await isOnline(b, "leckie")).toBe(false);
  await clock.run(5_000);
  await vi.waitUntil(async () => {
    await clock.run(5_000);
    return b.departures.length > 0;
  }, WAIT);
  expect(b.departures).toEqual([left("leckie")]);
  expect(await b.presence.among(APP, ROOM, ["leckie", "peter"])).toMatchObject({ audience: ["peter"] });
  await vi.waitUntil(async () => (await b.board.gone()).length === 0, WAIT);
});

it("begins with nobody there where no other node is", async () => {
  const { start } = await cluster();
  const a = await start();
  await a.device("leckie");
  await a.stop();
  const b = await start();
  expect([await b.presence.headCount(APP, ROOM), await b.board.gone()]).toEqual([0, []]);
});

it("writes anew what a crash of the database has taken, and ends whom it did not hear of", async () => {
  const { url, clock, start } = await cluster();
  const [a, b] = [await start(), await start()];
  await a.store.write(APP, (tx) => tx.putAccount({ userId: "leckie", nick: "", faceUrl: "" }));
  await a.device("leckie");
  await a.device("peter");
  await a.store.write(APP, (tx) => tx.setKickedAt("leckie", Math.floor(clock.now() / 1_000)));
  await postgres.run(
    url,
    `TRUNCATE muster_server.node, muster_server.presence, muster_server.room_stay;
     SELECT pg_terminate_backend(pid) FROM pg_locks
     WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  await vi.waitUntil(async () => (await b.presence.headCount(APP, ROOM)) === 2, WAIT);
  await vi.waitUntil(() => isOnline(b, "peter"), WAIT);
  expect(a.ended).toEqual(["leckie"]);
});
