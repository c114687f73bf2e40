import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { onTestFinished } from "vitest";

/** A connection on which every byte is one's own. */
export interface RawConnection {
  readonly socket: Socket;
  /** Writes, and resolves once the machine has taken it; `false` where the other side is gone. */
  write(data: string | Uint8Array): Promise<boolean>;
  /** Resolves once what came in fits. */
  received(fits: (text: string) => boolean): Promise<string>;
  /** Resolves with all that came once the other side has closed. */
  closed(): Promise<string>;
}

export interface RawConnectionOptions {
  /** The certificate of a server that is spoken to over TLS; without one TLS is not spoken, whatever the URL says. */
  readonly ca?: Buffer;
  /** Whether the own side stays open when the other ends. */
  readonly allowHalfOpen?: boolean;
}

/** Opens a connection to where a URL points. */
export async function rawConnection(url: string, options: RawConnectionOptions = {}): Promise<RawConnection> {
  const { hostname: host, port } = new URL(url);
  const { ca, allowHalfOpen = false } = options;
  const target = { host, port: Number(port), allowHalfOpen };
  const socket: Socket = ca ? connectTls({ ...target, ca }) : connect(target);
  onTestFinished(() => {
    socket.destroy();
  });
  let text = "";
  const waiting = new Set<() => void>();
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    for (const look of waiting) look();
  });
  // Whoever is refused early may find the connection reset; what was answered before is there.
  socket.on("error", () => {});
  const close = new Promise((resolve) => socket.once("close", resolve));
  await once(socket, ca ? "secureConnect" : "connect");
  return {
    socket,
    write: (data) => new Promise((resolve) => socket.write(data, (error) => resolve(!error))),
    received: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!fits(text)) return;
          waiting.delete(look);
          resolve(text);
        };
        waiting.add(look);
        look();
      }),
    async closed() {
      await close;
      return text;
    },
  };
}

/** Whether a text holds a whole answer with a body of a known length. */
export function isWholeAnswer(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  const length = /content-length: (\d+)/i.exec(text)?.[1];
  return end !== -1 && length !== undefined && text.length >= end + 4 + Number(length);
}
