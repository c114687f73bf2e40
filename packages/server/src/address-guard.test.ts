import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { addressGuard } from "./address-guard.ts";

/** Whether an address is forbidden, with private networks allowed or not, and networks of a list. */
const isForbiddenAddress = (address: string, allowPrivateNetwork: boolean, ...allowNetworks: string[]): boolean =>
  addressGuard({ allowPrivateNetwork, allowNetworks })(address);

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
    ["fd00:ec2::254", "the metadata of a cloud, among private addresses"],
    ["fd20:ce::254", "the metadata of a cloud, among private addresses"],
    ["100.100.100.200", "the metadata of a cloud, among carriers' addresses"],
    ["::ffff:100.100.100.200", "the metadata of a cloud, mapped"],
    ["168.63.129.16", "the metadata of a cloud, among public addresses"],
    ["192.0.0.192", "the metadata of a cloud"],
    ["2001:470::5efe:7f00:1", "one's own machine, through ISATAP of somebody's network"],
    ["2001:470::200:5efe:a00:1", "private, through ISATAP of somebody's network"],
    ["fd00::5efe:7f00:1", "one's own machine, through ISATAP of one's own network"],
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

  it.each([
    ["10.1.2.3", ["10.1.0.0/16"]],
    ["10.1.255.255", ["192.168.0.0/24", "10.1.0.0/16"]],
    ["127.0.0.1", ["127.0.0.1/32"]],
    ["::ffff:10.1.2.3", ["10.1.0.0/16"]],
    ["64:ff9b::a01:203", ["10.1.0.0/16"]],
    ["fd00:1::5", ["fd00:1::/32"]],
    ["::1", ["::1/128"]],
    ["198.18.0.1", ["198.18.0.0/15"]],
    ["3fff::1", ["3fff::/20"]],
  ])("%s can be called where %j is allowed", (address, networks) => {
    expect(isForbiddenAddress(address, false)).toBe(true);
    expect(isForbiddenAddress(address, false, ...networks)).toBe(false);
  });

  it.each([
    ["10.2.0.1", ["10.1.0.0/16"]],
    ["127.0.0.1", ["10.0.0.0/8"]],
    ["::ffff:10.2.0.1", ["10.1.0.0/16"]],
    ["fd00:2::1", ["fd00:1::/32"]],
    ["::1", ["10.0.0.0/8", "fd00::/8"]],
    ["169.254.169.254", ["169.254.0.0/16"]],
    ["::ffff:a9fe:a9fe", ["169.254.169.254/32"]],
    ["fe80::1", ["fe80::/10"]],
    ["fd00:ec2::254", ["fd00::/8"]],
    ["100.100.100.200", ["100.64.0.0/10"]],
    ["224.0.0.1", ["224.0.0.0/8"]],
    ["255.255.255.255", ["255.0.0.0/8"]],
    ["0.0.0.0", ["0.0.0.0/8"]],
    ["ff02::1", ["ff00::/8"]],
  ])("%s cannot be called though %j is allowed", (address, networks) => {
    expect(isForbiddenAddress(address, false, ...networks)).toBe(true);
    expect(isForbiddenAddress(address, false, ...networks, "172.20.0.0/16")).toBe(true);
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
