import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";

import { createHttp } from "./create-http.ts";
import { listen } from "./listen.ts";

const files = new URL("../../fixtures/tls/", import.meta.url);
const tls = {
  certFile: new URL("first.cert.pem", files).pathname,
  keyFile: new URL("first.key.pem", files).pathname,
};

/** A connection, and its end, which also a reset is. */
async function open(url: string, secure: boolean): Promise<{ socket: Socket; closed: Promise<void> }> {
  const port = Number(new URL(url).port);
  const ca = secure ? readFileSync(tls.certFile) : undefined;
  const socket = secure ? connectTls({ port, host: "127.0.0.1", ca }) : connect({ port, host: "127.0.0.1" });
  onTestFinished(() => void socket.destroy());
  await once(socket, secure ? "secureConnect" : "connect");
  socket.on("error", () => undefined);
  return { socket, closed: new Promise((resolve) => socket.once("close", () => resolve())) };
}

describe.each([
  ["HTTP", false],
  ["HTTPS", true],
])("a server that stops, over %s,", (_name, secure) => {
  it("does not wait for those who have opened a connection and said nothing", async () => {
    const http = createHttp({ log: pino({ level: "silent" }), ...(secure && { tls }) });
    const { closed } = await open(await listen(http, "127.0.0.1", 0), secure);
    await http.close();
    await expect(closed).resolves.toBeUndefined();
  });

  it("answers those whose request is under way", async () => {
    const http = createHttp({ log: pino({ level: "silent" }), ...(secure && { tls }) });
    const came = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<string>();
    http.get("/", () => {
      came.resolve();
      return answer.promise;
    });
    const { socket, closed } = await open(await listen(http, "127.0.0.1", 0), secure);
    let text = "";
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
    socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    await came.promise;
    const stopped = http.close();
    // By now the server has closed the connections that were idle.
    await expect.poll(() => http.server.listening).toBe(false);
    answer.resolve("here");
    await stopped;
    await closed;
    expect(text).toMatch(/^HTTP\/1\.1 200 .*here$/s);
  });
});
