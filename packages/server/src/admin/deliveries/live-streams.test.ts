import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, it, onTestFinished } from "vitest";

import { createSimulatedClock } from "../../../../../test/harness/simulated-clock.ts";
import { nobodyElse } from "../../other-nodes.ts";
import { createLiveStreams } from "./live-streams.ts";

it("ends for one who may not watch any more, also where the clock is set back", async () => {
  const clock = createSimulatedClock();
  const streams = createLiveStreams(clock, nobodyElse);
  const server = createServer((_request, response) => {
    streams.open(response, { sdkAppId: 1400000001 }, async () => true);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  clock.jump(-3_600_000);
  await clock.run(1_000);
  expect(await response.text()).toMatch(/^: the connection is there\n/);
});
