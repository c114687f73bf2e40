import { WebSocket } from "ws";

import type { WebSocketConstructor } from "@muster/client";

/** The net as one device has it. */
export interface Mobile {
  /** For the device's client. */
  readonly WebSocket: WebSocketConstructor;
  /** Breaks the connection, without a word to either side. */
  cut(): void;
  /** The same, and there is none to be had. */
  leaveNet(): void;
  findNet(): void;
}

export function createMobile(): Mobile {
  const sockets = new Set<WebSocket>();
  let isOff = false;
  function cut(): void {
    for (const socket of sockets) socket.terminate();
    sockets.clear();
  }
  return {
    WebSocket: class extends WebSocket {
      constructor(url: string) {
        if (isOff) throw new Error("no network");
        super(url);
        sockets.add(this);
      }
    },
    cut,
    leaveNet() {
      isOff = true;
      cut();
    },
    findNet() {
      isOff = false;
    },
  };
}
