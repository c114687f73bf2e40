import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, it, onTestFinished } from "vitest";

import { adminApi } from "./admin-api.ts";

/** Where everything is answered so. */
async function answering(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => void response.writeHead(status).end(body));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("gives what the server answers", async () => {
  const call = adminApi({ url: await answering(200, '{"queued":1}'), token: "t" });
  expect(await call("POST", "/deliveries/1/replay", {})).toEqual({ queued: 1 });
});

it("says in words what the server refuses, and each thing that is wrong", async () => {
  const problems = [{ path: "to", message: "is 1: must be later" }];
  const url = await answering(422, JSON.stringify({ error: { code: "invalid", message: "See problems.", problems } }));
  const refused = adminApi({ url, token: "t" })("POST", "/deliveries/replay", {});
  await expect(refused).rejects.toThrow(`The server at ${url} refused: See problems.\n  to: is 1: must be later`);
});

it.each([
  [200, "<html>a proxy's page</html>"],
  [502, "<html>a proxy's page</html>"],
  [404, '{"ActionStatus":"FAIL"}'],
])("finds out that another program answers: %d %s", async (status, body) => {
  const url = await answering(status, body);
  const call = adminApi({ url, token: "t" });
  await expect(call("GET", "/apps")).rejects.toThrow(`What answers at ${url} (HTTP status ${status}) is no server`);
});
