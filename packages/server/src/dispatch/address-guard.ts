import { lookup, type LookupAddress, type LookupAllOptions } from "node:dns";
import { isIP, type LookupFunction } from "node:net";

import ipaddr from "ipaddr.js";
import { buildConnector } from "undici";

/** A callback's URL leads to an address that the server must not call. */
export class ForbiddenAddressError extends Error {
  override readonly name = "ForbiddenAddressError";

  constructor() {
    // Without the address: what a name resolves to inside is nobody's business outside.
    super("the URL leads to an address that callbacks must not be sent to (see allowPrivateNetwork)");
  }
}

/** What `allowPrivateNetwork` opens: one's own machine and one's own network. */
const privateRanges = new Set(["loopback", "private", "uniqueLocal", "carrierGradeNat"]);

/** Inside 2000::/3, what is not somebody's own address on the Internet. */
const reservedV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"].map((range) =>
  ipaddr.IPv6.parseCIDR(range),
);
const globalV6 = ipaddr.IPv6.parseCIDR("2000::/3");
/** Not 64:ff9b:1::/48 too: where in those the IPv4 address stands is the network's own affair. */
const nat64 = ipaddr.IPv6.parseCIDR("64:ff9b::/96");

/**
 * Whether callbacks must not be sent to an address: one's own machine and network, and everything that is
 * reserved. An IPv6 address that only wraps an IPv4 one is judged by the latter; whatever cannot be read is
 * forbidden.
 */
export function isForbiddenAddress(address: string, allowPrivateNetwork: boolean): boolean {
  if (!ipaddr.isValid(address)) return true;
  const parsed = ipaddr.parse(address);
  const v4 = parsed instanceof ipaddr.IPv4 ? parsed : wrappedV4(parsed);
  if (v4) {
    const range = v4.range();
    return !(range === "unicast" || (allowPrivateNetwork && privateRanges.has(range)));
  }
  const v6 = parsed as ipaddr.IPv6;
  if (allowPrivateNetwork && privateRanges.has(v6.range())) return false;
  return !v6.match(globalV6) || reservedV6.some((range) => v6.match(range));
}

function wrappedV4(v6: ipaddr.IPv6): ipaddr.IPv4 | undefined {
  if (v6.isIPv4MappedAddress()) return v6.toIPv4Address();
  if (v6.match(nat64)) return new ipaddr.IPv4(v6.toByteArray().slice(12));
  return undefined;
}

/** Finds all addresses of a name. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A connector that refuses forbidden addresses at the moment of connecting, on the address really dialled: a
 * name is resolved once, all its addresses are judged, and one forbidden refuses all. A custom lookup is not
 * asked about addresses that are written out, so those are judged before.
 */
export function guardedConnector(
  allowPrivateNetwork: boolean,
  timeout: number,
  resolve: Resolve = lookup,
): buildConnector.connector {
  const guardedLookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "");
      if (addresses.some(({ address }) => isForbiddenAddress(address, allowPrivateNetwork))) {
        return callback(new ForbiddenAddressError(), "");
      }
      const first = addresses[0];
      return options.all || !first ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ timeout, lookup: guardedLookup });
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0 && isForbiddenAddress(literal, allowPrivateNetwork)) {
      callback(new ForbiddenAddressError(), null);
      return;
    }
    connect(options, callback);
  };
}
