import ipaddr from "ipaddr.js";
import * as z from "zod";

/** Most networks that an app may list. */
const MAX_NETWORKS = 32;

/** Shortest prefixes: more than that is not one's own network any more. */
const WIDEST = { ipv4: 8, ipv6: 7 };

const network = z.string().superRefine((text, context) => {
  const message = networkProblem(text);
  if (message !== undefined) context.addIssue({ code: "custom", message });
});

/** Networks of one's own, as CIDR. */
export const networks = z
  .array(network)
  .max(MAX_NETWORKS)
  .meta({ description: `at most ${MAX_NETWORKS} private networks that the URL may lead to, like 10.1.0.0/16` });

/** Why a text cannot be one of the networks that callbacks may be sent to; `undefined` where it can. */
function networkProblem(text: string): string | undefined {
  if (!/^[0-9a-fA-F.:]+\/\d{1,3}$/.test(text) || !ipaddr.isValidCIDR(text)) {
    return "must be a network like 10.1.0.0/16 or fd00:1::/32";
  }
  const [address, length] = ipaddr.parseCIDR(text);
  const [written = ""] = text.split("/");
  if (address instanceof ipaddr.IPv4 && !ipaddr.IPv4.isValidFourPartDecimal(written)) {
    return "must be a network like 10.1.0.0/16, with all four numbers";
  }
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress())
    return "must be written as the IPv4 network it is";
  const widest = WIDEST[address.kind()];
  if (length < widest) return `must not be wider than /${widest}`;
  const parser = address instanceof ipaddr.IPv4 ? ipaddr.IPv4 : ipaddr.IPv6;
  const first = parser.networkAddressFromCIDR(text).toString();
  return first === address.toString() ? undefined : `must begin with its first address: ${first}/${length}`;
}
