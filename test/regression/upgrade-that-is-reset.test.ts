import { expect, it } from "vitest";

import { startIm } from "../harness/im.ts";
import { rawConnection } from "../harness/raw-http.ts";

// Whoever asked for a WebSocket at a path that has none was told so over a connection of which nobody heard errors: one
// that was reset by then ended the program.
it.each(["/v4/elsewhere", "/v4/client"])("outlives who asks for a WebSocket at %s and resets", async (path) => {
  const { url } = await startIm();
  const wish = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13";
  for (let i = 0; i < 30; i += 1) {
    const { socket, write, closed } = await rawConnection(url);
    await write(`GET ${path} HTTP/1.1\r\nhost: x\r\n${wish}\r\nsec-websocket-key: ${"A".repeat(22)}==\r\n\r\n`);
    socket.resetAndDestroy();
    await closed();
  }
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: "alive" });
});
