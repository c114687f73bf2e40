import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Refuses an address further connections while it has so many open. The machine's own are not counted: a proxy on it
 * speaks for everybody. Of IPv6 a whole /64 is one address, as it is handed out to one customer.
 */
export function boundAddresses(server: Server, most: number): void {
  const open = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const { remoteAddress } = socket;
    // Gone already.
    if (remoteAddress === undefined) return;
    const address = whose(remoteAddress);
    if (address === undefined) return;
    const count = (open.get(address) ?? 0) + 1;
    if (count > most) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once("close", () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}

/** Who is behind an address; `undefined` for the machine itself. */
export function whose(remoteAddress: string): string | undefined {
  const v4 = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/.exec(remoteAddress)?.[1];
  if (v4 !== undefined) return v4.startsWith("127.") ? undefined : v4;
  if (remoteAddress === "::1") return undefined;
  const [head = "", tail] = remoteAddress.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail ? tail.split(":") : [];
  const zeros = tail === undefined ? 0 : 8 - first.length - last.length;
  return [...first, ...Array.from({ length: zeros }, () => "0"), ...last].slice(0, 4).join(":");
}
