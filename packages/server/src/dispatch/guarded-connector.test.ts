import { lookup, type LookupAddress } from "node:dns";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

import { describe, expect, it, onTestFinished } from "vitest";

import { ForbiddenAddressError, guardedConnector, type Resolve } from "./guarded-connector.ts";

describe("connecting", () => {
  interface Listener {
    readonly port: number;
    readonly connections: () => number;
  }

  /** A server that would be reached if nothing held back. */
  async function listener(): Promise<Listener> {
    let connections = 0;
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      connections += 1;
      sockets.add(socket);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return { port: (server.address() as AddressInfo).port, connections: () => connections };
  }

  /** Answers each question with the next of some answers, and counts them. */
  function resolver(...answers: readonly (readonly string[])[]): { resolve: Resolve; asked: string[] } {
    const asked: string[] = [];
    return {
      asked,
      resolve(hostname, _options, callback) {
        const addresses = answers[asked.length] ?? [];
        asked.push(hostname);
        callback(
          null,
          addresses.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 })),
        );
      },
    };
  }

  /** Connects to a host, again each time that it is asked to. */
  function connector(
    host: string,
    port: number,
    allowPrivateNetwork: boolean,
    resolve: Resolve = lookup,
  ): () => Promise<Error | undefined> {
    const allowance = { allowPrivateNetwork, allowNetworks: [], tls: undefined };
    const connect = guardedConnector(`http://${host}:${port}`, allowance, 60_000, resolve);
    return () =>
      new Promise((done) => {
        connect((error, socket) => {
          socket?.destroy();
          done(error ?? undefined);
        });
      });
  }

  it.each(["127.0.0.1", "[::1]"])("to %s, written out, does not even begin", async (hostname) => {
    const { port, connections } = await listener();
    expect(await connector(hostname, port, false)()).toBeInstanceOf(ForbiddenAddressError);
    expect(connections()).toBe(0);
  });

  it("to a name of the machine itself is refused as the machine resolves it", async () => {
    const { port, connections } = await listener();
    expect(await connector("localhost", port, false)()).toBeInstanceOf(ForbiddenAddressError);
    expect(connections()).toBe(0);
  });

  it("to one's own machine works where that is allowed, written out and by name", async () => {
    const { port, connections } = await listener();
    expect(await connector("127.0.0.1", port, true)()).toBeUndefined();
    const { resolve, asked } = resolver(["127.0.0.1"]);
    expect(await connector("backend.test", port, true, resolve)()).toBeUndefined();
    expect(asked).toEqual(["backend.test"]);
    expect(connections()).toBe(2);
  });

  it("to a name is refused where one of its addresses is forbidden, whichever place it has", async () => {
    const { port, connections } = await listener();
    for (const addresses of [
      ["8.8.8.8", "127.0.0.1"],
      ["127.0.0.1", "8.8.8.8"],
      ["2606:4700::1", "::1"],
    ]) {
      const { resolve } = resolver(addresses);
      expect(await connector("mixed.test", port, false, resolve)()).toBeInstanceOf(ForbiddenAddressError);
    }
    expect(connections()).toBe(0);
  });

  it("asks for a name's addresses once and dials what was judged: a second answer is judged anew", async () => {
    const { port, connections } = await listener();
    // The first answer is harmless here, the second is the metadata of a cloud.
    const { resolve, asked } = resolver(["127.0.0.1"], ["169.254.169.254"]);
    const rebound = connector("rebinding.test", port, true, resolve);
    expect(await rebound()).toBeUndefined();
    expect(asked).toHaveLength(1);
    expect(await rebound()).toBeInstanceOf(ForbiddenAddressError);
    expect(asked).toHaveLength(2);
    expect(connections()).toBe(1);
  });

  it("passes on that a name has no address", async () => {
    const resolve: Resolve = (_hostname, _options, callback) => {
      callback(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), []);
    };
    expect(await connector("missing.test", 80, false, resolve)()).toMatchObject({
      code: "ENOTFOUND",
    });
  });

  it("says nothing of what a name resolves to", async () => {
    const { resolve } = resolver(["10.11.12.13"]);
    const error = await connector("inside.test", 80, false, resolve)();
    expect(error?.message).not.toContain("10.11");
  });
});
