/** The part of a WebSocket that the client uses: browsers' own, Node.js's (from 22) and that of the npm package ws have it. */
export interface WebSocketLike {
  send(text: string): void;
  close(code: number, reason: string): void;
  addEventListener(event: "open", listener: () => void): void;
  addEventListener(event: "message", listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(event: "close", listener: (event: { readonly code: number; readonly reason: string }) => void): void;
  addEventListener(event: "error", listener: (event: object) => void): void;
}

export type WebSocketConstructor = new (url: string) => WebSocketLike;
