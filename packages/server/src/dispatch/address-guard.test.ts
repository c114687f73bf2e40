import { once } from "node:events";
import type { LookupAddress } from "node:dns";
import { createServer, type AddressInfo, type Socket } from "node:net";

import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";

import { ForbiddenAddressError, guardedConnector, isForbiddenAddress, type Resolve } from "./address-guard.ts";

/** The host of a URL, as it is dialled: the parser has turned odd spellings into plain ones. */
const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, "");

describe("an address", () => {
  it.each([
    ["8.8.8.8", "somebody's"],
    ["1.1.1.1", "somebody's"],
    ["172.15.255.255", "below 172.16/12"],
    ["172.32.0.0", "above 172.16/12"],
    ["100.63.255.255", "below the carriers' own"],
    ["100.128.0.0", "above the carriers' own"],
    ["223.255.255.255", "the last before multicast"],
    ["2606:4700:4700::1111", "somebody's"],
    ["2a00:1450:4001::1", "somebody's"],
    ["2001:200::1", "above 2001::/23"],
    ["3ffe:ffff::1", "below 3fff::/20"],
    ["::ffff:8.8.8.8", "somebody's, mapped"],
    ["64:ff9b::808:808", "somebody's, through NAT64"],
  ])("%s can be called: %s", (address) => {
    expect(isForbiddenAddress(address, false)).toBe(false);
    expect(isForbiddenAddress(address, true)).toBe(false);
  });

  it.each([
    ["127.0.0.1", "one's own machine"],
    ["127.255.255.254", "one's own machine"],
    ["10.0.0.1", "private"],
    ["172.16.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.168.0.1", "private"],
    ["100.64.0.1", "a carrier's own"],
    ["::1", "one's own machine"],
    ["fc00::1", "private"],
    ["fd00:ec2::254", "private: the metadata of a cloud"],
    ["::ffff:127.0.0.1", "one's own machine, mapped"],
    ["::ffff:7f00:1", "one's own machine, mapped, in hexadecimal"],
    ["::ffff:10.0.0.1", "private, mapped"],
    ["::127.0.0.1", "one's own machine, in the form of old"],
    ["64:ff9b::7f00:1", "one's own machine, through NAT64"],
    ["64:ff9b::10.0.0.1", "private, through NAT64"],
  ])("%s can be called only where private networks are allowed: %s", (address) => {
    expect(isForbiddenAddress(address, false)).toBe(true);
    expect(isForbiddenAddress(address, true)).toBe(false);
  });

  it.each([
    ["0.0.0.0", "no address"],
    ["0.1.2.3", "this network"],
    ["169.254.169.254", "link-local: the metadata of clouds"],
    ["192.0.0.8", "reserved"],
    ["192.0.2.1", "for documentation"],
    ["192.88.99.1", "6to4 relays"],
    ["198.18.0.1", "for benchmarks"],
    ["198.51.100.1", "for documentation"],
    ["203.0.113.1", "for documentation"],
    ["224.0.0.1", "multicast"],
    ["240.0.0.1", "reserved"],
    ["255.255.255.255", "broadcast"],
    ["::", "no address"],
    ["::ffff:a9fe:a9fe", "link-local, mapped"],
    ["::ffff:0:127.0.0.1", "one's own machine, translated (SIIT)"],
    ["::5efe:7f00:1", "one's own machine, through ISATAP"],
    ["64:ff9b::a9fe:a9fe", "link-local, through NAT64"],
    ["64:ff9b:1::7f00:1", "a network's own NAT64"],
    ["64:ff9b:1:7f00:0:100:808:808", "a network's own NAT64, whose last bytes look harmless"],
    ["2002:7f00:1::", "6to4"],
    ["2002:808:808::1", "6to4, of a harmless address"],
    ["2001:0:7f00:1::", "Teredo"],
    ["2001:db8::1", "for documentation"],
    ["2001:2::1", "for benchmarks"],
    ["3fff::1", "for documentation"],
    ["100::1", "discarded"],
    ["5f00::1", "segment routing"],
    ["fe80::1", "link-local"],
    ["fec0::1", "site-local"],
    ["ff02::1", "multicast"],
    ["4000::1", "outside what is given out"],
    ["", "nothing"],
    ["localhost", "a name"],
    ["1.2.3.4.5", "nothing that can be read"],
    ["::1::", "nothing that can be read"],
  ])("%s is never called: %s", (address) => {
    expect(isForbiddenAddress(address, false)).toBe(true);
    expect(isForbiddenAddress(address, true)).toBe(true);
  });

  it.each([
    "http://0177.0.0.1/",
    "http://2130706433/",
    "http://0x7f.1/",
    "http://0x7f000001/",
    "http://127.1/",
    "http://0/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://0300.0250.0.1/",
    "http://192.168.257/",
    "http://127.0.0.1./",
    "http://%31%32%37.0.0.1/",
    "http://8.8.8.8@127.0.0.1/",
    "http://127.0.0.1\\@8.8.8.8/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[0:0:0:0:0:ffff:7f00:1]/",
    "http://[64:ff9b::127.0.0.1]/",
  ])("that %s leads to is forbidden, however it is written", (url) => {
    expect(isForbiddenAddress(hostOf(url), false)).toBe(true);
  });

  it("of IPv4 is judged the same in each form that only wraps it", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), fc.boolean(), (bytes, allowPrivateNetwork) => {
        const dotted = bytes.join(".");
        const verdict = isForbiddenAddress(dotted, allowPrivateNetwork);
        expect(isForbiddenAddress(`::ffff:${dotted}`, allowPrivateNetwork)).toBe(verdict);
        expect(isForbiddenAddress(`64:ff9b::${dotted}`, allowPrivateNetwork)).toBe(verdict);
      }),
    );
  });

  it("outside 2000::/3 that wraps none is forbidden", () => {
    const part = fc.integer({ min: 0, max: 0xffff });
    const first = part.filter((value) => value >> 13 !== 1 && value !== 0 && value !== 0x64);
    fc.assert(
      fc.property(first, fc.array(part, { minLength: 7, maxLength: 7 }), (head, rest) => {
        expect(isForbiddenAddress([head, ...rest].map((value) => value.toString(16)).join(":"), false)).toBe(true);
      }),
    );
  });
});

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

  function connect(
    connector: ReturnType<typeof guardedConnector>,
    hostname: string,
    port: number,
  ): Promise<Error | undefined> {
    return new Promise((resolve) => {
      connector({ hostname, protocol: "http:", port: String(port) }, (error, socket) => {
        socket?.destroy();
        resolve(error ?? undefined);
      });
    });
  }

  it.each(["127.0.0.1", "[::1]", "::1"])("to %s, written out, does not even begin", async (hostname) => {
    const { port, connections } = await listener();
    expect(await connect(guardedConnector(false, 1_000), hostname, port)).toBeInstanceOf(ForbiddenAddressError);
    expect(connections()).toBe(0);
  });

  it("to a name of the machine itself is refused as the machine resolves it", async () => {
    const { port, connections } = await listener();
    expect(await connect(guardedConnector(false, 1_000), "localhost", port)).toBeInstanceOf(ForbiddenAddressError);
    expect(connections()).toBe(0);
  });

  it("to one's own machine works where that is allowed, written out and by name", async () => {
    const { port, connections } = await listener();
    expect(await connect(guardedConnector(true, 1_000), "127.0.0.1", port)).toBeUndefined();
    const { resolve, asked } = resolver(["127.0.0.1"]);
    expect(await connect(guardedConnector(true, 1_000, resolve), "backend.test", port)).toBeUndefined();
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
      expect(await connect(guardedConnector(false, 1_000, resolve), "mixed.test", port)).toBeInstanceOf(
        ForbiddenAddressError,
      );
    }
    expect(connections()).toBe(0);
  });

  it("asks for a name's addresses once and dials what was judged: a second answer is judged anew", async () => {
    const { port, connections } = await listener();
    // The first answer is harmless here, the second is the metadata of a cloud.
    const { resolve, asked } = resolver(["127.0.0.1"], ["169.254.169.254"]);
    const connector = guardedConnector(true, 1_000, resolve);
    expect(await connect(connector, "rebinding.test", port)).toBeUndefined();
    expect(asked).toHaveLength(1);
    expect(await connect(connector, "rebinding.test", port)).toBeInstanceOf(ForbiddenAddressError);
    expect(asked).toHaveLength(2);
    expect(connections()).toBe(1);
  });

  it("passes on that a name has no address", async () => {
    const resolve: Resolve = (_hostname, _options, callback) => {
      callback(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), []);
    };
    expect(await connect(guardedConnector(false, 1_000, resolve), "missing.test", 80)).toMatchObject({
      code: "ENOTFOUND",
    });
  });

  it("says nothing of what a name resolves to", async () => {
    const { resolve } = resolver(["10.11.12.13"]);
    const error = await connect(guardedConnector(false, 1_000, resolve), "inside.test", 80);
    expect(error?.message).not.toContain("10.11");
  });
});
