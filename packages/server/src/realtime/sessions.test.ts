import { describe, expect, it } from "vitest";

import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import type { Departure } from "../presence-board.ts";
import { createSessions, type Session } from "./sessions.ts";

const APP = 1400000001;
const ROOM = "live";

function setUp() {
  const clock = createManualClock(1_700_000_000_000);
  const sessions = createSessions(clock);
  const departures: Departure[] = [];
  sessions.onDeparture((departure) => departures.push(departure));
  const device = (userId: string): Session => {
    const nothing = (): void => undefined;
    const own: Session = {
      sdkAppId: APP,
      userId,
      platform: "Web",
      clientIp: "192.0.2.7",
      since: clock.now(),
      tell: nothing,
      end: nothing,
      cut: nothing,
    };
    sessions.add(own);
    return own;
  };
  return { clock, sessions, departures, device };
}

const gone = (userId: string, change: Departure["change"]): Departure => ({
  sdkAppId: APP,
  userId,
  groupId: ROOM,
  change,
});

describe("a user in a room", () => {
  it("whose last connection is lost departs after 30 s, and is nowhere then", () => {
    const { clock, sessions, departures, device } = setUp();
    const [first, second] = [device("peter"), device("peter")];
    sessions.enterRoom(APP, ROOM, "peter", 5);
    sessions.remove(first, "lost");
    clock.advance(60_000);
    sessions.remove(second, "lost");
    expect(sessions.users(APP)).toEqual([]);
    clock.advance(29_999);
    expect([departures, sessions.audience(APP, ROOM), sessions.rooms(APP, "peter")]).toEqual([
      [],
      ["peter"],
      [[ROOM, 5]],
    ]);
    clock.advance(1);
    expect([departures, sessions.audience(APP, ROOM)]).toEqual([[gone("peter", "HeartbeatInterrupt")], []]);
    expect([...sessions.apps()]).toEqual([]);
  });

  it("who is back within 30 s has not been away, and is as long away the next time", () => {
    const { clock, sessions, departures, device } = setUp();
    const first = device("peter");
    sessions.enterRoom(APP, ROOM, "peter", 5);
    sessions.remove(first, "lost");
    clock.advance(29_999);
    const second = device("peter");
    expect(clock.waiting()).toBe(0);
    clock.advance(60_000);
    sessions.remove(second, "lost");
    clock.advance(29_999);
    expect(departures).toEqual([]);
    clock.advance(1);
    expect(departures).toHaveLength(1);
  });

  it.each([
    ["closed", "Quit"],
    ["silent", "HeartbeatInterrupt"],
  ] as const)("whose last connection is %s departs at once", (end, change) => {
    const { clock, sessions, departures, device } = setUp();
    const peter = device("peter");
    sessions.enterRoom(APP, ROOM, "peter", 5);
    sessions.remove(peter, end);
    sessions.remove(peter, end);
    expect(departures).toEqual([gone("peter", change)]);
    expect([sessions.count, clock.waiting()]).toEqual([0, 0]);
  });

  it("comes in late, after the connection has ended, and departs like one whose connection was lost", () => {
    const { clock, sessions, departures, device } = setUp();
    sessions.remove(device("peter"), "closed");
    sessions.enterRoom(APP, ROOM, "peter", 5);
    clock.advance(30_000);
    expect(departures).toEqual([gone("peter", "HeartbeatInterrupt")]);
  });

  it("departs unseen where a thousand came later", () => {
    const { sessions, departures, device } = setUp();
    const peter = device("peter");
    sessions.enterRoom(APP, ROOM, "peter", 5);
    for (let i = 0; i < 1_000; i += 1) {
      device(`user${i}`);
      sessions.enterRoom(APP, ROOM, `user${i}`, 5);
    }
    sessions.remove(peter, "closed");
    expect(departures).toEqual([]);
    expect(sessions.audience(APP, ROOM)).toHaveLength(1_000);
  });

  it("does not depart when the server stops, and no timer is left", () => {
    const { clock, sessions, departures, device } = setUp();
    const [peter, bob] = [device("peter"), device("bob")];
    for (const userId of ["peter", "bob"]) sessions.enterRoom(APP, ROOM, userId, 5);
    sessions.remove(peter, "lost");
    sessions.stop();
    sessions.remove(bob, "closed");
    clock.advance(60_000);
    expect([departures, clock.waiting(), sessions.count]).toEqual([[], 0, 0]);
  });
});

it("a user in no room leaves nothing behind, however the connection ended", () => {
  const { clock, sessions, departures, device } = setUp();
  sessions.remove(device("peter"), "lost");
  expect([[...sessions.apps()], clock.waiting(), departures]).toEqual([[], 0, []]);
});
