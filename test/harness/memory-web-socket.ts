import type { WebSocketLike } from "@muster/client";

interface Events {
  readonly open: object;
  readonly message: { readonly data: unknown };
  readonly close: { readonly code: number; readonly reason: string };
  readonly error: object;
}

/** A WebSocket without a network: the test plays the other side. */
export class MemoryWebSocket implements WebSocketLike {
  readonly url: string;
  /** The frames that were sent, and the closes that were asked for. */
  readonly sent: unknown[] = [];
  readonly closed: unknown[] = [];
  readonly #listeners: { readonly [E in keyof Events]: ((event: Events[E]) => void)[] } = {
    open: [],
    message: [],
    close: [],
    error: [],
  };

  constructor(url: string) {
    this.url = url;
  }

  addEventListener<E extends keyof Events>(event: E, listener: (event: Events[E]) => void): void {
    this.#listeners[event].push(listener);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(code: number, reason: string): void {
    this.closed.push({ code, reason });
  }

  /** Makes something happen to it. */
  fire<E extends keyof Events>(event: E, detail: Events[E]): void {
    for (const listener of this.#listeners[event]) listener(detail);
  }

  /** Lets a frame come in. */
  receive(frame: unknown): void {
    this.fire("message", { data: JSON.stringify(frame) });
  }
}
