import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { createLog } from "@muster/foundation";
import { sampleCallback } from "@muster/receiver/inbox-contract";
import { expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../test/harness/folder.ts";
import { createManualClock } from "../../../test/harness/manual-clock.ts";
import { rawConnection } from "../../../test/harness/raw-http.ts";
import { openSqliteStore } from "./store/sqlite/sqlite-store.ts";
import { createStreams } from "./streams.ts";

const EVENTS = 100;
const BODY = 200_000;

async function setUp() {
  const path = join(temporaryFolder(), "recorder.db");
  const { journal, close } = openSqliteStore(path);
  onTestFinished(close);
  const clock = createManualClock(0);
  const streams = createStreams({ journal, clock, log: createLog("recorder", "silent") });
  const responses: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    responses.push(response);
    streams.open(response, {}, 0);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const body = new TextEncoder().encode(JSON.stringify("x".repeat(BODY)));
  const keep = (i: number) => journal.keep(sampleCallback({ dedupeKey: `id:1:${i}`, body }));
  return { path, clock, streams, responses, url, keep };
}

it("keep nothing in memory for a consumer who does not read, and leave nothing out when he does", async () => {
  const { streams, responses, url, clock, keep } = await setUp();
  const consumer = await rawConnection(url);
  consumer.socket.pause();
  await consumer.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  await expect.poll(() => streams.count()).toBe(1);
  const [response] = responses;
  let most = 0;
  for (let i = 1; i <= EVENTS; i += 1) {
    await keep(i);
    clock.advance(15_000);
    most = Math.max(most, response?.writableLength ?? Infinity);
  }
  expect(response?.writableNeedDrain).toBe(true);
  // What he was told of is 20 MB; what waits for him is one event, and what the socket had room for.
  expect(most).toBeLessThan(2.5 * BODY);
  consumer.socket.resume();
  // Looking into 20 MB each time that some more has come would take longer than their coming.
  const text = await consumer.received((all) => all.length > EVENTS * BODY && all.includes(`\nid: ${EVENTS}\n`));
  const ids = [...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(ids).toEqual(Array.from({ length: EVENTS }, (_, i) => i + 1));
});

it("are cut off where the consumer does not read while the program stops", async () => {
  const { streams, responses, url, keep } = await setUp();
  const consumer = await rawConnection(url);
  consumer.socket.pause();
  await consumer.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  await expect.poll(() => streams.count()).toBe(1);
  for (let i = 1; i <= EVENTS; i += 1) await keep(i);
  await expect.poll(() => responses[0]?.writableNeedDrain).toBe(true);
  streams.closeAll();
  await expect.poll(() => streams.count()).toBe(0);
});

it("end where the journal cannot be read", async () => {
  const { streams, url, keep, path } = await setUp();
  const consumer = await rawConnection(url);
  await consumer.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  await keep(1);
  await consumer.received((text) => text.length > BODY);
  const file = new DatabaseSync(path);
  onTestFinished(() => file.close());
  file.exec("ALTER TABLE events RENAME TO lost");
  const another = await rawConnection(url);
  await another.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  expect(await another.closed()).toContain("the journal's events follow");
  await expect.poll(() => streams.count()).toBeLessThan(2);
});
