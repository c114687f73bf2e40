import type { NoticeFrame } from "@muster/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { MemoryWebSocket } from "../../../test/harness/memory-web-socket.ts";
import { ClientErrorCode } from "./client-error.ts";
import { createClient, type Client } from "./client.ts";
import { EVENT } from "./events.ts";
import { TYPES } from "./types.ts";

const leckie = { userID: "leckie", userSig: "eJyrVgrx" };
const TIMEOUT = 5_000;
/** The delay before the first try, as the random numbers below make it, in ms. */
const FIRST_DELAY = 500;

/** A client that has logged in over a socket in memory; the test plays the server, on one socket after another. */
async function loggedIn(reply: object = {}) {
  const sockets: MemoryWebSocket[] = [];
  const WebSocket = class extends MemoryWebSocket {
    constructor(url: string) {
      super(url);
      sockets.push(this);
    }
  };
  const ports = { after, random: () => 1 };
  const client = createClient(
    { url: "http://127.0.0.1:9000", sdkAppId: 1400000001, WebSocket, requestTimeout: TIMEOUT },
    ports,
  );
  const heard = everythingHeardBy(client);
  const login = client.login(leckie);
  const last = (): MemoryWebSocket => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error("no socket was made");
    return socket;
  };
  /** The server takes the connection and answers the login. */
  const accept = async (answer: object = {}): Promise<void> => {
    last().fire("open", {});
    last().receive({ id: 1, code: 0, info: "", body: { userId: "leckie", ...answer } });
    await settled();
  };
  /** The connection is lost, and it is time to try again. */
  const loseAndDial = async (code = 1006): Promise<void> => {
    last().fire("close", { code, reason: "" });
    await vi.advanceTimersByTimeAsync(FIRST_DELAY);
  };
  await accept(reply);
  await login;
  return { client, sockets, last, accept, loseAndDial, heard };
}

function after(delay: number, wake: () => void): () => void {
  const timer = setTimeout(wake, delay);
  return () => clearTimeout(timer);
}

async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

/** The events in short: a state of the net, or the event's name, with a group's id where there is one. */
function everythingHeardBy(client: Client): string[] {
  const heard: string[] = [];
  client.on(EVENT.SDK_READY, () => heard.push("ready"));
  client.on(EVENT.SDK_NOT_READY, ({ data }) => heard.push(`not ready ${data.code}`));
  client.on(EVENT.KICKED_OUT, ({ data }) => heard.push(`kicked out ${data.type}`));
  client.on(EVENT.NET_STATE_CHANGE, ({ data }) => heard.push(data.state));
  client.on(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, ({ data }) => heard.push(`notice ${data.groupID}`));
  client.on(EVENT.GROUP_LIST_UPDATED, ({ data }) => heard.push(`groups ${data.map(({ name }) => name).join()}`));
  return heard;
}

const dismissed = (groupId: string, position: number): NoticeFrame => ({
  event: "groupDismissed",
  body: { groupId, name: "n", operator: "peter" },
  position,
});

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a connection that is lost", () => {
  it.each([1001, 1006, 1008])("with %d is made again, with the same credential", async (code) => {
    const { sockets, last, loseAndDial, accept, heard } = await loggedIn();
    await loseAndDial(code);
    expect(sockets).toHaveLength(2);
    await accept();
    expect(last().sent).toEqual([
      {
        id: 1,
        command: "login",
        body: { sdkAppId: 1400000001, userId: "leckie", userSig: "eJyrVgrx", platform: "Web" },
      },
    ]);
    expect(heard).toEqual(["ready", TYPES.NET_STATE_CONNECTING, TYPES.NET_STATE_CONNECTED]);
  });

  it("is tried again after longer and longer delays, as long as the server is away", async () => {
    const { sockets, last, accept, heard } = await loggedIn();
    last().fire("close", { code: 1006, reason: "" });
    for (const [i, delay] of [500, 1_000, 2_000, 4_000].entries()) {
      await vi.advanceTimersByTimeAsync(delay - 1);
      expect(sockets).toHaveLength(i + 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(sockets).toHaveLength(i + 2);
      last().fire("error", {});
      await settled();
    }
    await vi.advanceTimersByTimeAsync(8_000);
    await accept();
    const { NET_STATE_CONNECTING, NET_STATE_DISCONNECTED, NET_STATE_CONNECTED } = TYPES;
    const failing = Array.from({ length: 4 }, () => NET_STATE_DISCONNECTED);
    expect(heard).toEqual(["ready", NET_STATE_CONNECTING, ...failing, NET_STATE_CONNECTED]);
  });

  it("is tried again at once only when it had lasted", async () => {
    const { sockets, last, accept, loseAndDial } = await loggedIn();
    await loseAndDial();
    await accept();
    await loseAndDial();
    expect(sockets).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(FIRST_DELAY);
    expect(sockets).toHaveLength(3);
    await accept();
    for (let second = 0; second < 60; second += 1) {
      last().receive({ event: "closing", body: { reason: "a sign of life" } });
      await vi.advanceTimersByTimeAsync(1_000);
    }
    await loseAndDial();
    expect(sockets).toHaveLength(4);
  });

  it("is none after a kick: that ends the login", async () => {
    const { client, sockets, last, heard } = await loggedIn();
    last().fire("close", { code: 4003, reason: "kicked" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
    expect(heard).toEqual(["ready", `kicked out ${TYPES.KICKED_OUT_REST_API}`, "not ready 4003"]);
    await expect(client.getGroupList()).rejects.toMatchObject({ code: ClientErrorCode.NotLoggedIn });
  });

  it.each([
    [70001, [`kicked out ${TYPES.KICKED_OUT_USERSIG_EXPIRED}`, "not ready 4001"]],
    [70009, [`kicked out ${TYPES.KICKED_OUT_USERSIG_EXPIRED}`, "not ready 4001"]],
    [70020, ["not ready 4001"]],
  ])("is given up where the server refuses the login with %d", async (code, ends) => {
    const { sockets, last, loseAndDial, heard } = await loggedIn();
    await loseAndDial();
    last().fire("open", {});
    last().receive({ id: 1, code, info: "no" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(2);
    expect(heard).toEqual(["ready", TYPES.NET_STATE_CONNECTING, ...ends]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([10002, 60007])("is tried further where the server answers the login with %d", async (code) => {
    const { sockets, last, loseAndDial } = await loggedIn();
    await loseAndDial();
    last().fire("open", {});
    last().receive({ id: 1, code, info: "later" });
    await vi.advanceTimersByTimeAsync(2 * FIRST_DELAY);
    expect(sockets).toHaveLength(3);
  });

  it.each(["logout", "destroy"] as const)("is not made again after a %s, which leaves no timer", async (how) => {
    const { client, sockets, loseAndDial, last, heard } = await loggedIn();
    last().fire("close", { code: 1006, reason: "" });
    await client[how]();
    expect(vi.getTimerCount()).toBe(0);
    await loseAndDial();
    expect(sockets).toHaveLength(1);
    expect(heard).toEqual(["ready", TYPES.NET_STATE_CONNECTING, ...(how === "logout" ? ["not ready 1000"] : [])]);
  });

  it("can be ended while the login is under way again", async () => {
    const { client, last, loseAndDial, heard } = await loggedIn();
    await loseAndDial();
    last().fire("open", {});
    await client.logout();
    await settled();
    expect(heard).toEqual(["ready", TYPES.NET_STATE_CONNECTING, "not ready 1000"]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("a request", () => {
  it("that was sent is lost with the connection, its outcome unknown, and is not sent again", async () => {
    const { client, last, loseAndDial, accept } = await loggedIn();
    await Promise.all([
      expect(client.dismissGroup("g")).rejects.toMatchObject({ code: ClientErrorCode.ConnectionLost }),
      loseAndDial(),
    ]);
    await accept();
    expect(last().sent).toHaveLength(1);
  });

  it("that is made meanwhile waits for the connection, and goes out behind the login", async () => {
    const { client, last, loseAndDial, accept } = await loggedIn();
    await loseAndDial();
    const asked = [client.dismissGroup("one"), client.dismissGroup("two")];
    expect(last().sent).toEqual([]);
    await accept();
    expect(last().sent).toMatchObject([
      { command: "login" },
      { id: 2, command: "dismissGroup", body: { groupId: "one" } },
      { id: 3, command: "dismissGroup", body: { groupId: "two" } },
    ]);
    for (const [i, groupId] of ["one", "two"].entries()) {
      last().receive({ id: i + 2, code: 0, info: "", body: { groupId } });
    }
    await expect(Promise.all(asked)).resolves.toHaveLength(2);
  });

  it("that is made meanwhile is given up after the time for a request, and was never sent", async () => {
    const { client, last, accept } = await loggedIn();
    last().fire("close", { code: 1006, reason: "" });
    await Promise.all([
      expect(client.dismissGroup("one")).rejects.toMatchObject({
        code: ClientErrorCode.NotConnected,
        message: expect.stringContaining("Nothing was asked"),
      }),
      vi.advanceTimersByTimeAsync(TIMEOUT),
    ]);
    await accept();
    expect(last().sent).toMatchObject([{ command: "login" }]);
  });
});

describe("what happens while a device is away", () => {
  it("is asked for from where the device stands, and told once and in order", async () => {
    const { last, loseAndDial, heard } = await loggedIn({ position: 7, complete: true, rooms: [] });
    last().receive(dismissed("a", 9));
    await loseAndDial();
    last().fire("open", {});
    expect(last().sent).toMatchObject([{ command: "login", body: { after: 9, rooms: [] } }]);
    // Behind the reply, but read together with it.
    last().receive({ id: 1, code: 0, info: "", body: { userId: "leckie", position: 9, complete: true, rooms: [] } });
    last().receive(dismissed("b", 12));
    last().receive(dismissed("c", 13));
    await settled();
    last().receive(dismissed("c", 13));
    last().receive(dismissed("d", 20));
    expect(heard.filter((name) => name.startsWith("notice"))).toEqual(["notice a", "notice b", "notice c", "notice d"]);
    expect(heard.indexOf(TYPES.NET_STATE_CONNECTED)).toBeLessThan(heard.indexOf("notice b"));
  });

  it("is read again, as groups, where it is too much or too long ago, until that has worked", async () => {
    const { last, loseAndDial, accept, heard } = await loggedIn({ position: 7, complete: true });
    await loseAndDial();
    await accept({ position: 5_000, complete: false });
    expect(last().sent).toMatchObject([{ command: "login" }, { id: 2, command: "listGroups" }]);
    last().fire("close", { code: 1006, reason: "" });
    await vi.advanceTimersByTimeAsync(2 * FIRST_DELAY);
    await accept({ position: 5_000, complete: true });
    expect(last().sent).toMatchObject([
      { command: "login", body: { after: 5_000 } },
      { id: 2, command: "listGroups" },
    ]);
    last().receive({ id: 2, code: 0, info: "", body: { groups: [aGroup] } });
    await settled();
    expect(heard.filter((name) => name.startsWith("groups"))).toEqual(["groups Chess"]);
    last().fire("close", { code: 1006, reason: "" });
    await vi.advanceTimersByTimeAsync(4 * FIRST_DELAY);
    await accept({ position: 5_000, complete: true });
    expect(last().sent).toHaveLength(1);
  });

  it("does not take the user out of the rooms, as far as this device knows of them", async () => {
    const { last, loseAndDial } = await loggedIn({ position: 7, complete: true, rooms: ["old", "gone", "left"] });
    const body = { name: "n", operator: "leckie" };
    last().receive(joined("new", ["leckie"], 8));
    last().receive(joined("theirs", ["peter"], 9));
    last().receive(dismissed("gone", 10));
    last().receive({
      event: "membersLeft",
      body: { ...body, groupId: "left", userIds: ["leckie"], how: "Quit" },
      position: 11,
    });
    await loseAndDial();
    last().fire("open", {});
    expect(last().sent).toMatchObject([{ body: { after: 11, rooms: ["old", "new"] } }]);
  });
});

const joined = (groupId: string, userIds: readonly string[], position: number): NoticeFrame => ({
  event: "membersJoined",
  body: { groupId, name: "n", userIds, how: "Apply", operator: "leckie", room: true },
  position,
});

const aGroup = {
  groupId: "g",
  type: "Public",
  name: "Chess",
  introduction: "",
  notification: "",
  faceUrl: "",
  owner: "leckie",
  createTime: 1,
  lastInfoTime: 1,
  memberCount: 1,
  maxMembers: 10,
  applyJoinOption: "FreeAccess",
  inviteJoinOption: "FreeAccess",
  supportTopic: false,
  muteAll: false,
  customFields: {},
};

describe("a connection on which nothing comes", () => {
  it("is asked for a sign of life, and kept where one comes", async () => {
    const { sockets, last } = await loggedIn();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(last().sent).toMatchObject([{ command: "login" }, { id: 2, command: "ping" }]);
    last().receive({ id: 2, code: 0, info: "", body: {} });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(last().closed).toEqual([]);
    expect(sockets).toHaveLength(1);
  });

  it("is given up where none comes, and made again", async () => {
    const { sockets, last, heard } = await loggedIn();
    await vi.advanceTimersByTimeAsync(40_000 + TIMEOUT);
    expect(last().closed).toEqual([{ code: 4008, reason: "no sign of life" }]);
    expect(heard).toEqual(["ready", TYPES.NET_STATE_CONNECTING]);
    await vi.advanceTimersByTimeAsync(FIRST_DELAY);
    expect(sockets).toHaveLength(2);
  });
});
