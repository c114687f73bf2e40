import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { ClientErrorCode } from "./client-error.ts";
import { createClient } from "./client.ts";
import { EVENT } from "./events.ts";

/** A server in memory that opens at once and answers as it is told; what is sent to it without that it keeps. */
class MemoryServer extends EventTarget {
  static answers: ((socket: MemoryServer, id: unknown) => void) | undefined;

  constructor() {
    super();
    queueMicrotask(() => this.dispatchEvent(new Event("open")));
  }

  send(text: string): void {
    const frame: unknown = JSON.parse(text);
    if (typeof frame === "object" && frame && "id" in frame) MemoryServer.answers?.(this, frame.id);
  }

  close(): void {
    // Nobody listens any more: the client has ended the connection on its side.
  }

  answer(id: unknown, body: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data: JSON.stringify({ id, code: 0, info: "", body }) }));
  }
}

const leckie = { userID: "leckie", userSig: "eJyrVgrx" };
const set = { url: "http://127.0.0.1:9000", sdkAppId: 1400000001, WebSocket: MemoryServer };

beforeEach(() => {
  MemoryServer.answers = (socket, id) => socket.answer(id, { userId: "leckie" });
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
  await expect(client.createTopicInCommunity({ groupID: "g", topicName: "t" })).rejects.toThrow(needsLogin);
  await expect(client.deleteTopicFromCommunity({ groupID: "g" })).rejects.toThrow(needsLogin);
  await expect(client.logout()).resolves.toBeUndefined();

  const login = client.login(leckie);
  await expect(client.dismissGroup("g")).rejects.toThrow(needsLogin);
  await login;
  await client.logout();
  await expect(client.dismissGroup("g")).rejects.toThrow(needsLogin);
});

it("one client is one login", async () => {
  const client = createClient(set);
  const loggedIn = expect.objectContaining({ code: ClientErrorCode.AlreadyLoggedIn });
  const login = client.login(leckie);
  await expect(client.login(leckie)).rejects.toThrow(loggedIn);
  await expect(login).resolves.toEqual({ code: 0, data: { userID: "leckie" } });
  await expect(client.login(leckie)).rejects.toThrow(loggedIn);
});

it("a logout leaves no timer and no request behind, and says so once", async () => {
  const client = createClient(set);
  const ends: unknown[] = [];
  client.on(EVENT.SDK_NOT_READY, ({ data }) => ends.push(data));
  await client.login(leckie);
  expect(vi.getTimerCount()).toBe(0);
  MemoryServer.answers = undefined;
  const asked = client.dismissGroup("g");
  expect(vi.getTimerCount()).toBe(1);
  await client.logout();
  await client.logout();
  await expect(asked).rejects.toMatchObject({ code: ClientErrorCode.ConnectionLost });
  expect(vi.getTimerCount()).toBe(0);
  expect(ends).toEqual([{ code: 1000, reason: "logged out" }]);
});

it("a logout also ends a login that is under way, after which another can begin", async () => {
  const client = createClient(set);
  const events: string[] = [];
  client.on(EVENT.SDK_READY, ({ name }) => events.push(name));
  client.on(EVENT.SDK_NOT_READY, ({ name }) => events.push(name));
  const login = client.login(leckie);
  await client.logout();
  await expect(login).rejects.toMatchObject({ code: ClientErrorCode.NotConnected });
  expect(events).toEqual([]);
  await client.login(leckie);
  expect(events).toEqual([EVENT.SDK_READY]);
});

it("a login without an answer fails when its time is up, and leaves no connection behind", async () => {
  const client = createClient({ ...set, requestTimeout: 3_000 });
  MemoryServer.answers = undefined;
  const login = expect(client.login(leckie)).rejects.toMatchObject({ code: ClientErrorCode.TimedOut });
  await vi.advanceTimersByTimeAsync(3_000);
  await login;
  MemoryServer.answers = (socket, id) => socket.answer(id, { userId: "leckie" });
  await expect(client.login(leckie)).resolves.toMatchObject({ code: 0 });
});

it("a connection that ends together with the login's answer leaves the client logged out", async () => {
  const client = createClient(set);
  const events: string[] = [];
  client.on(EVENT.SDK_READY, ({ name }) => events.push(name));
  client.on(EVENT.SDK_NOT_READY, ({ name }) => events.push(name));
  MemoryServer.answers = (socket, id) => {
    socket.answer(id, { userId: "leckie" });
    socket.dispatchEvent(new CloseEvent("close", { code: 1001, reason: "the server stops" }));
  };
  await expect(client.login(leckie)).rejects.toMatchObject({ code: ClientErrorCode.ConnectionLost });
  expect(events).toEqual([]);
  await expect(client.dismissGroup("g")).rejects.toMatchObject({ code: ClientErrorCode.NotLoggedIn });
});
