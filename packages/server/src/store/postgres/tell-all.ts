import type { DeliveringNode } from "./node.ts";

/** Most characters that one notification takes: PostgreSQL refuses those of 8,000 bytes and more. */
const MOST = 7_000;

/** Tells other nodes of entries, which have no spaces and are ASCII: with spaces in between, as many at a time as can be. */
export function tellAll(node: Pick<DeliveringNode, "tell">, channel: string, entries: Iterable<string | number>): void {
  let payload = "";
  for (const entry of entries) {
    const longer = payload === "" ? String(entry) : `${payload} ${entry}`;
    if (longer.length > MOST) {
      node.tell(channel, payload);
      payload = String(entry);
    } else payload = longer;
  }
  if (payload !== "") node.tell(channel, payload);
}
