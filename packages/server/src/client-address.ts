/** A peer's address as callbacks carry it: an IPv4 address that comes mapped into IPv6 is written as what it is. */
export function clientAddress(remoteAddress: string | undefined): string {
  if (remoteAddress === undefined) return "";
  return remoteAddress.startsWith("::ffff:") ? remoteAddress.slice("::ffff:".length) : remoteAddress;
}
