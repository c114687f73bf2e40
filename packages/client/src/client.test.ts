import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { MemoryWebSocket } from "../../../test/harness/memory-web-socket.ts";
import { ClientErrorCode } from "./client-error.ts";
import { createClient, type Client } from "./client.ts";
import { EVENT } from "./events.ts";

/** How the server's side goes on when a request has come in. */
let answer: (socket: MemoryWebSocket) => void;

/** Opens at once. The tests send one request on each, so that is number 1. */
class ServerInMemory extends MemoryWebSocket {
  constructor(url: string) {
    super(url);
    queueMicrotask(() => this.fire("open", {}));
  }

  override send(text: string): void {
    super.send(text);
    answer(this);
  }
}

const loggedIn = (socket: MemoryWebSocket) => socket.receive({ id: 1, code: 0, info: "", body: { userId: "leckie" } });
const silent = () => undefined;
const leckie = { userID: "leckie", userSig: "eJyrVgrx" };
const set = { url: "http://127.0.0.1:9000", sdkAppId: 1400000001, WebSocket: ServerInMemory };

function namesHeard(client: Client): string[] {
  const names: string[] = [];
  client.on(EVENT.SDK_READY, ({ name }) => names.push(name));
  client.on(EVENT.SDK_NOT_READY, ({ name }) => names.push(name));
  return names;
}

beforeEach(() => {
  answer = loggedIn;
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

it("nothing but a login can be asked of a client that is not logged in", async () => {
  const client = createClient(set);
  const needsLogin = expect.objectContaining({ code: ClientErrorCode.NotLoggedIn });
  await expect(client.createGroup({ name: "MyFirstGroup" })).rejects.toThrow(needsLogin);
  await expect(client.dismissGroup("g")).rejects.toThrow(needsLogin);
  const groupID = "g";
  const asked = [
    client.createTopicInCommunity({ groupID, topicName: "t" }),
    client.updateTopicProfile({ groupID, topicID: "t" }),
    client.deleteTopicFromCommunity({ groupID }),
    client.getTopicList({ groupID }),
    client.updateGroupProfile({ groupID }),
    client.changeGroupOwner({ groupID, newOwnerID: "peter" }),
    client.getGroupProfile({ groupID }),
    client.getGroupList(),
    client.joinGroup({ groupID }),
    client.quitGroup(groupID),
    client.getGroupApplicationList(),
    client.handleGroupApplication({ handleAction: "Agree", application: { groupID, applicant: "peter" } }),
    client.addGroupMember({ groupID, userIDList: ["peter"] }),
    client.deleteGroupMember({ groupID, userIDList: ["peter"] }),
    client.getGroupMemberList({ groupID }),
    client.setGroupMemberRole({ groupID, userID: "peter", role: "Admin" }),
    client.setGroupMemberNameCard({ groupID, nameCard: "P." }),
    client.setGroupMemberMuteTime({ groupID, userID: "peter", muteTime: 60 }),
    client.initGroupAttributes({ groupID, groupAttributes: {} }),
    client.setGroupAttributes({ groupID, groupAttributes: {} }),
    client.deleteGroupAttributes({ groupID }),
    client.getGroupAttributes({ groupID }),
  ];
  for (const call of await Promise.allSettled(asked)) expect(call).toEqual({ status: "rejected", reason: needsLogin });
  await expect(client.logout()).resolves.toBeUndefined();

  const login = client.login(leckie);
  await expect(client.dismissGroup("g")).rejects.toThrow(needsLogin);
  await login;
  await client.logout();
  await expect(client.dismissGroup("g")).rejects.toThrow(needsLogin);
});

it("one client is one login", async () => {
  const client = createClient(set);
  const already = expect.objectContaining({ code: ClientErrorCode.AlreadyLoggedIn });
  const login = client.login(leckie);
  await expect(client.login(leckie)).rejects.toThrow(already);
  await expect(login).resolves.toEqual({ code: 0, data: { userID: "leckie" } });
  await expect(client.login(leckie)).rejects.toThrow(already);
});

it("a logout leaves no timer and no request behind, and says so once", async () => {
  const client = createClient(set);
  const ends: unknown[] = [];
  client.on(EVENT.SDK_NOT_READY, ({ data }) => ends.push(data));
  await client.login(leckie);
  answer = silent;
  const asked = client.dismissGroup("g");
  expect(vi.getTimerCount()).toBe(2);
  await client.logout();
  await client.logout();
  await expect(asked).rejects.toMatchObject({ code: ClientErrorCode.ConnectionLost });
  expect(vi.getTimerCount()).toBe(0);
  expect(ends).toEqual([{ code: 1000, reason: "logged out" }]);
});

it("a logout also ends a login that is under way, after which another can begin", async () => {
  const client = createClient(set);
  const events = namesHeard(client);
  const login = client.login(leckie);
  await client.logout();
  await expect(login).rejects.toMatchObject({ code: ClientErrorCode.NotConnected });
  expect(events).toEqual([]);
  await client.login(leckie);
  expect(events).toEqual([EVENT.SDK_READY]);
});

it("a login without an answer fails when its time is up, and leaves no connection behind", async () => {
  const client = createClient({ ...set, requestTimeout: 3_000 });
  answer = silent;
  await Promise.all([
    expect(client.login(leckie)).rejects.toMatchObject({ code: ClientErrorCode.TimedOut }),
    vi.advanceTimersByTimeAsync(3_000),
  ]);
  answer = loggedIn;
  await expect(client.login(leckie)).resolves.toMatchObject({ code: 0 });
});

it("a connection that ends together with the login's answer leaves the client logged out", async () => {
  const client = createClient(set);
  const events = namesHeard(client);
  answer = (socket) => {
    loggedIn(socket);
    socket.fire("close", { code: 1001, reason: "the server stops" });
  };
  await expect(client.login(leckie)).rejects.toMatchObject({ code: ClientErrorCode.ConnectionLost });
  expect(events).toEqual([]);
  await expect(client.dismissGroup("g")).rejects.toMatchObject({ code: ClientErrorCode.NotLoggedIn });
});
