import { once } from "node:events";

import { REALTIME_PATH, replyFrame, type ReplyFrame } from "@muster/protocol";
import * as z from "zod/mini";

/** How a frame was taken: answered, or with the end of the connection. */
export type Taken = { readonly reply: ReplyFrame } | { readonly closedWith: number };

/** A device that speaks to the server without the client library, and says whatever it likes. */
export interface Device {
  /** Sends one frame as it stands, and resolves with what comes of it. Notices are passed over. */
  readonly send: (frame: string) => Promise<Taken>;
  readonly close: () => void;
}

export async function connectDevice(url: string): Promise<Device> {
  const socket = new WebSocket(url.replace("http", "ws") + REALTIME_PATH);
  let take: ((taken: Taken) => void) | undefined;
  socket.addEventListener("message", ({ data }) => {
    const frame: unknown = JSON.parse(String(data));
    if (typeof frame === "object" && frame && "event" in frame) return;
    take?.({ reply: z.parse(replyFrame, frame) });
  });
  socket.addEventListener("close", ({ code }) => take?.({ closedWith: code }));
  await once(socket, "open");
  return {
    send(frame) {
      const taken = new Promise<Taken>((resolve) => (take = resolve));
      socket.send(frame);
      return taken;
    },
    close() {
      socket.close();
    },
  };
}
