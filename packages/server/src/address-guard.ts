import { isIP } from "node:net";

import ipaddr from "ipaddr.js";

/** What may be called beside everybody's own addresses on the Internet. */
export interface Allowance {
  /** One's own machine and one's own network. */
  readonly allowPrivateNetwork: boolean;
  /** Networks as CIDR: `10.1.0.0/16`. */
  readonly allowNetworks: readonly string[];
}

/** What `allowPrivateNetwork` opens. */
const privateRanges = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat"]);

/** What no list opens: addresses that nobody answers callbacks at, and link-local ones. */
const closedRanges = new Set(["unspecified", "broadcast", "multicast", "linkLocal"]);

/**
 * Where clouds tell the machine that asks who it is, keys included: not all of them are link-local. A machine of
 * one's own network at such an address is not worth the risk.
 */
const metadata = new Set(["100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"]);

/** Inside 2000::/3, what is not somebody's own address on the Internet. */
const reservedV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].map((range) =>
  ipaddr.IPv6.parseCIDR(range),
);
const globalV6 = ipaddr.IPv6.parseCIDR("2000::/3");
/** Not 64:ff9b:1::/48 too: where in those the IPv4 address stands is the network's own affair. */
const nat64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");

/**
 * A rule by which addresses are judged: `true` for those that callbacks must not be sent to. That is one's own machine
 * and network, as far as they are not allowed, and everything that is reserved. An IPv6 address that only wraps an IPv4
 * one is judged by the latter; whatever cannot be read is forbidden.
 */
export function addressGuard({ allowPrivateNetwork, allowNetworks }: Allowance): (address: string) => boolean {
  const networks = allowNetworks.map((network) => ipaddr.parseCIDR(network));

  function isListed(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
    if (closedRanges.has(address.range())) return false;
    return networks.some(([network, length]) => network.kind() === address.kind() && address.match(network, length));
  }

  return (text) => {
    if (!ipaddr.isValid(text)) return true;
    const parsed = ipaddr.parse(text);
    const address = parsed instanceof ipaddr.IPv6 ? (wrappedV4(parsed) ?? parsed) : parsed;
    if (metadata.has(address.toString())) return true;
    if (address instanceof ipaddr.IPv6 && isIsatap(address)) return true;
    if (isListed(address) || (allowPrivateNetwork && privateRanges.has(address.range()))) return false;
    if (address instanceof ipaddr.IPv4) return address.range() !== "unicast";
    return !address.match(globalV6) || reservedV6.some((range) => address.match(range));
  };
}

/** The address that a URL names itself, as its parser spells it; `undefined` where it has a name. */
export function literalAddress(hostname: string): string | undefined {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isIP(host) === 0 ? undefined : host;
}

function wrappedV4(v6: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  if (v6.isIPv4MappedAddress()) return v6.toIPv4Address();
  if (v6.match(nat64)) return new ipaddr.IPv4(v6.toByteArray().slice(12));
  return undefined;
}

/** Whether an address ends in an IPv4 one that a tunnel of the network's own would lead to, whatever its beginning. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return (parts[4] === 0 || parts[4] === 0x0200) && parts[5] === 0x5efe;
}
