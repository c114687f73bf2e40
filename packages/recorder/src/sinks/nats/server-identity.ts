import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";

/**
 * Whether a certificate is of who was to be reached. Of a server that is an address the driver tells TLS no name, which
 * then looks for another: such a certificate is to be for one of the addresses that were given.
 */
export function serverIdentity(servers: readonly string[]): typeof checkServerIdentity {
  const hosts = servers.map(hostOf);
  const addresses = hosts.filter((host) => isIP(host) > 0);
  return (name: string, certificate: PeerCertificate): Error | undefined => {
    if (hosts.includes(name) || addresses.length === 0) return checkServerIdentity(name, certificate);
    const problems = addresses.map((address) => checkServerIdentity(address, certificate));
    return problems.includes(undefined) ? undefined : problems[0];
  };
}

/** `nats://192.0.2.1:4222`, `192.0.2.1`, `tls://[2001:db8::1]:4222` … */
function hostOf(server: string): string {
  const { hostname } = new URL(`nats://${server.replace(/^\w+:\/\//, "")}`);
  return hostname.replace(/^\[|\]$/g, "");
}
