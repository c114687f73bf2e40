import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether a host, by its name or address, is this machine alone; IPv6 also in the brackets of a URL. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, "");
  const family = isIP(address);
  return host === "localhost" || (family > 0 && loopback.check(address, family === 6 ? "ipv6" : "ipv4"));
}
