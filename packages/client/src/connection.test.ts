import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { MemoryWebSocket } from "../../../test/harness/memory-web-socket.ts";
import { ClientErrorCode } from "./client-error.ts";
import { openConnection } from "./connection.ts";

const URL = "ws://127.0.0.1:9000/v4/client";
const TIMEOUT = 5_000;

/** A connection on a socket in memory, with timers that the test lets go off. */
function setUp() {
  const sockets: MemoryWebSocket[] = [];
  const timers = new Map<() => void, number>();
  const notices: unknown[] = [];
  const ends: unknown[] = [];
  const connection = openConnection({
    url: URL,
    WebSocket: class extends MemoryWebSocket {
      constructor(url: string) {
        super(url);
        sockets.push(this);
      }
    },
    timeout: TIMEOUT,
    after(delay, wake) {
      timers.set(wake, delay);
      return () => {
        timers.delete(wake);
      };
    },
    onNotice: (notice) => notices.push(notice),
    onLife: () => undefined,
    onEnd: (end) => ends.push(end),
  });
  const [socket] = sockets;
  if (!socket) throw new Error("no socket was made");
  const dismiss = (groupId: string) =>
    connection.request("dismissGroup", { groupId }, z.object({ groupId: z.string() }));
  const timersGoOff = () => {
    for (const wake of timers.keys()) wake();
  };
  return { socket, timers, timersGoOff, notices, ends, connection, dismiss };
}

/** The same, open. */
function setUpOpen() {
  const parts = setUp();
  parts.socket.fire("open", {});
  return parts;
}

const { NotConnected, ConnectionLost, TimedOut, AnswerUnreadable } = ClientErrorCode;

describe("a connection that is not open yet", () => {
  it("keeps what is asked until it is", async () => {
    const { socket, dismiss } = setUp();
    const first = dismiss("one");
    const second = dismiss("two");
    expect(socket.url).toBe(URL);
    expect(socket.sent).toEqual([]);
    socket.fire("open", {});
    expect(socket.sent).toEqual([
      { id: 1, command: "dismissGroup", body: { groupId: "one" } },
      { id: 2, command: "dismissGroup", body: { groupId: "two" } },
    ]);
    socket.receive({ id: 2, code: 0, info: "", body: { groupId: "two" } });
    socket.receive({ id: 1, code: 0, info: "", body: { groupId: "one" } });
    await expect(Promise.all([first, second])).resolves.toEqual([{ groupId: "one" }, { groupId: "two" }]);
  });

  it("tells when it cannot be made, and that nothing was asked, with the cause", async () => {
    const { socket, timers, ends, dismiss } = setUp();
    const asked = dismiss("one");
    const refused = new Error("connect ECONNREFUSED");
    socket.fire("error", { error: refused });
    socket.fire("close", { code: 1006, reason: "" });
    await expect(asked).rejects.toMatchObject({
      code: NotConnected,
      message: expect.stringMatching(`${URL}.*Nothing was asked`),
      cause: refused,
    });
    expect(ends).toEqual([{ code: 1006, reason: "" }]);
    expect(timers.size).toBe(0);
  });

  it("does not send later what has given up waiting for it", async () => {
    const { socket, timersGoOff, dismiss } = setUp();
    const asked = dismiss("one");
    timersGoOff();
    await expect(asked).rejects.toMatchObject({ code: NotConnected });
    socket.fire("open", {});
    expect(socket.sent).toEqual([]);
  });

  it("can be given up, whatever the socket says afterwards", async () => {
    const { socket, ends, notices, connection, dismiss } = setUp();
    const asked = dismiss("one");
    connection.close("changed my mind");
    await expect(asked).rejects.toMatchObject({ code: NotConnected });
    socket.fire("open", {});
    socket.receive({ event: "closing", body: { reason: "" } });
    socket.fire("error", {});
    socket.fire("close", { code: 1006, reason: "" });
    expect(socket.sent).toEqual([]);
    expect(notices).toEqual([]);
    expect(ends).toEqual([{ code: 1000, reason: "changed my mind" }]);
  });
});

describe("a request", () => {
  it("is refused with the server's code and words", async () => {
    const { socket, timers, dismiss } = setUpOpen();
    const asked = dismiss("one");
    socket.receive({ id: 1, code: 10007, info: "only the owner may disband the group" });
    await expect(asked).rejects.toMatchObject({
      name: "ClientError",
      code: 10007,
      message: "only the owner may disband the group",
    });
    expect(timers.size).toBe(0);
  });

  it("waits as long as it may, then says that its outcome is unknown", async () => {
    const { timers, timersGoOff, dismiss } = setUpOpen();
    const asked = dismiss("one");
    expect([...timers.values()]).toEqual([TIMEOUT]);
    timersGoOff();
    await expect(asked).rejects.toMatchObject({
      code: TimedOut,
      message: expect.stringMatching(/dismissGroup.*5000 ms.*OUTCOME UNKNOWN.*may have been carried out/),
    });
    expect(timers.size).toBe(0);
  });

  it("that has timed out leaves the connection to the others, and its answer to nobody", async () => {
    const { socket, timersGoOff, ends, dismiss } = setUpOpen();
    const late = dismiss("one");
    timersGoOff();
    await expect(late).rejects.toMatchObject({ code: TimedOut });
    const next = dismiss("two");
    socket.receive({ id: 1, code: 0, info: "", body: { groupId: "one" } });
    socket.receive({ id: 2, code: 0, info: "", body: { groupId: "two" } });
    await expect(next).resolves.toEqual({ groupId: "two" });
    expect(ends).toEqual([]);
  });

  it("whose answer has another form was carried out all the same, and says so", async () => {
    const { socket, dismiss } = setUpOpen();
    const asked = dismiss("one");
    socket.receive({ id: 1, code: 0, info: "", body: { group: "one" } });
    await expect(asked).rejects.toMatchObject({
      code: AnswerUnreadable,
      message: expect.stringContaining("dismissGroup was carried out"),
    });
  });

  it("is rejected when the connection is lost, and says that its outcome is unknown", async () => {
    const { socket, timers, ends, dismiss } = setUpOpen();
    const asked = [dismiss("one"), dismiss("two")];
    socket.fire("close", { code: 1001, reason: "the server stops" });
    for (const request of asked) {
      await expect(request).rejects.toMatchObject({
        code: ConnectionLost,
        message: expect.stringMatching(/dismissGroup.*1001: the server stops.*OUTCOME UNKNOWN/),
      });
    }
    expect(timers.size).toBe(0);
    expect(ends).toEqual([{ code: 1001, reason: "the server stops" }]);
  });

  it("is rejected when this side closes, with no timer left behind", async () => {
    const { socket, timers, ends, connection, dismiss } = setUpOpen();
    const asked = dismiss("one");
    connection.close("logged out");
    connection.close("logged out again");
    await expect(asked).rejects.toMatchObject({ code: ConnectionLost });
    expect(timers.size).toBe(0);
    expect(socket.closed).toEqual([{ code: 1000, reason: "logged out" }]);
    expect(ends).toEqual([{ code: 1000, reason: "logged out" }]);
  });

  it("is not taken any more once the connection has ended", async () => {
    const { socket, timers, connection, dismiss } = setUpOpen();
    connection.close("logged out");
    await expect(dismiss("one")).rejects.toMatchObject({ code: NotConnected });
    expect(socket.sent).toEqual([]);
    expect(timers.size).toBe(0);
  });
});

describe("what the server sends unasked", () => {
  it("is handed on where it is a notice", () => {
    const { socket, notices } = setUpOpen();
    const notice = { event: "topicsDeleted", body: { groupId: "g", topicIds: ["t"], operator: "leckie" } };
    socket.receive(notice);
    expect(notices).toEqual([notice]);
  });

  it.each([
    ["no JSON", "{"],
    ["no text", new Blob(["{}"])],
    ["no frame", "[]"],
    ["a notice of a newer server", '{"event":"groupPainted","body":{"colour":"blue"}}'],
    ["a notice that lacks something", '{"event":"groupDismissed","body":{"groupId":"g"}}'],
    ["an answer to nothing", '{"id":7,"code":0,"info":"","body":{}}'],
  ])("is passed over where it is %s", async (_, data) => {
    const { socket, notices, ends, dismiss } = setUpOpen();
    const asked = dismiss("one");
    socket.fire("message", { data });
    socket.receive({ id: 1, code: 0, info: "", body: { groupId: "one" } });
    await expect(asked).resolves.toEqual({ groupId: "one" });
    expect(notices).toEqual([]);
    expect(ends).toEqual([]);
  });
});

it("a URL that the runtime refuses is told as one without a connection", () => {
  const insecure = new Error("An insecure WebSocket connection may not be initiated");
  class Refusing extends MemoryWebSocket {
    constructor(url: string) {
      super(url);
      throw insecure;
    }
  }
  const ports = {
    after: () => () => undefined,
    onNotice: () => undefined,
    onLife: () => undefined,
    onEnd: () => undefined,
  };
  expect(() => openConnection({ url: URL, WebSocket: Refusing, timeout: TIMEOUT, ...ports })).toThrow(
    expect.objectContaining({ code: NotConnected, cause: insecure }),
  );
});
