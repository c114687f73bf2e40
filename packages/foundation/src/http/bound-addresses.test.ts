import { EventEmitter } from "node:events";
import { Server } from "node:http";

import { describe, expect, it } from "vitest";

import { boundAddresses, whose } from "./bound-addresses.ts";

/** A connection from elsewhere: the machine that runs the tests has none. */
class Connection extends EventEmitter {
  destroyed = false;
  readonly remoteAddress: string | undefined;

  constructor(remoteAddress: string | undefined) {
    super();
    this.remoteAddress = remoteAddress;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit("close");
  }
}

function serverWith(most: number): (address: string | undefined) => Connection {
  const server = new Server();
  boundAddresses(server, most);
  return (address) => {
    const connection = new Connection(address);
    server.emit("connection", connection);
    return connection;
  };
}

describe("an address", () => {
  it("has so many connections and no more, until one of them ends", () => {
    const connect = serverWith(2);
    const [first, second, third] = [connect("192.0.2.1"), connect("::ffff:192.0.2.1"), connect("192.0.2.1")];
    expect([first, second, third].map(({ destroyed }) => destroyed)).toEqual([false, false, true]);
    expect(connect("192.0.2.2").destroyed).toBe(false);
    first.destroy();
    expect(connect("192.0.2.1").destroyed).toBe(false);
    expect(connect("192.0.2.1").destroyed).toBe(true);
  });

  it("of the machine itself is not counted, nor one that is gone", () => {
    const connect = serverWith(1);
    for (const address of ["127.0.0.1", "127.8.0.1", "::ffff:127.0.0.1", "::1", undefined]) {
      expect([connect(address), connect(address)].map(({ destroyed }) => destroyed)).toEqual([false, false]);
    }
  });

  it.each([
    ["192.0.2.1", "192.0.2.1"],
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:db8:1:2::6", "2001:db8:1:2"],
    ["2001:db8::6", "2001:db8:0:0"],
    ["2001:db8::3:4:5:6", "2001:db8:0:0"],
    ["fe80::1", "fe80:0:0:0"],
    ["::2", "0:0:0:0"],
  ])("%s counts as %s", (address, counted) => {
    expect(whose(address)).toBe(counted);
  });
});
