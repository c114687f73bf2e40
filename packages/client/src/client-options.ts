import { REALTIME_PATH, type OptPlatform } from "@muster/protocol";

import { ClientError, ClientErrorCode } from "./client-error.ts";
import type { WebSocketConstructor } from "./web-socket.ts";

/** What a client is made of. */
export interface ClientOptions {
  /** Where the server is, for instance `https://im.example.com`. */
  readonly url: string;
  readonly sdkAppId: number;
  /**
   * What the app's backend is told as `OptPlatform`.
   * @default "Web"
   */
  readonly platform?: Exclude<OptPlatform, "RESTAPI">;
  /**
   * For runtimes that have none of their own, such as Node.js before 22: that of the npm package `ws`.
   * @default globalThis.WebSocket
   */
  readonly WebSocket?: WebSocketConstructor;
  /**
   * How long a request may wait for its answer, and a login for connection and answer, in ms. While the connection is
   * being restored, a request waits as long for that before.
   * @default 10000
   */
  readonly requestTimeout?: number;
}

/** Options with every default filled in, and the URL of the server's door. */
export type ResolvedOptions = Readonly<Required<ClientOptions>>;

/** Longest delay that a timer takes, in ms; longer ones would fire at once. */
const MAX_TIMEOUT = 2 ** 31 - 1;

/** @throws {ClientError} `OptionsInvalid`, with all that is wrong */
export function resolveOptions({
  url,
  sdkAppId,
  platform = "Web",
  WebSocket = globalThis.WebSocket,
  requestTimeout = 10_000,
}: ClientOptions): ResolvedOptions {
  const problems: string[] = [];
  if (!/^(?:https?|wss?):\/\//i.test(url) || !URL.canParse(url)) {
    problems.push(`url must be one that begins with https://, wss://, http:// or ws://, not ${JSON.stringify(url)}`);
  }
  if (typeof WebSocket !== "function") {
    problems.push("WebSocket must be given, because this runtime has none: pass that of the npm package ws");
  }
  if (!(requestTimeout > 0 && requestTimeout <= MAX_TIMEOUT)) {
    problems.push(`requestTimeout must be from 1 to ${MAX_TIMEOUT} ms, not ${requestTimeout}`);
  }
  if (problems.length > 0) throw new ClientError(ClientErrorCode.OptionsInvalid, problems.join("; "));
  return { url: doorOf(url, sdkAppId), sdkAppId, platform, WebSocket, requestTimeout };
}

/** The app stands in the URL, as in those of REST, for whoever has to know before the login: a router, a log. */
function doorOf(url: string, sdkAppId: number): string {
  const door = new URL(url);
  door.protocol = door.protocol.replace("http", "ws");
  door.pathname = door.pathname.replace(/\/*$/, REALTIME_PATH);
  door.searchParams.set("sdkappid", String(sdkAppId));
  return door.href;
}
