import { readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request as httpsRequest } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";

import { describe, expect, it, onTestFinished } from "vitest";

import { readFigures } from "../../../test/harness/figures.ts";
import { temporaryFolder } from "../../../test/harness/folder.ts";
import { isWholeAnswer, rawConnection } from "../../../test/harness/raw-http.ts";
import { allEvents, callbackQuery, startTestRecorder, type EventList } from "../../../test/harness/recorder.ts";

const COMMAND = "Group.CallbackAfterGroupFull";
const callback = (EventTime: number) => ({ CallbackCommand: COMMAND, GroupId: "@TGS#2J4SZEAEL", EventTime });

describe("a recorder that is started again", () => {
  it("has everything that it had", async () => {
    const folder = temporaryFolder();
    const first = await startTestRecorder({ folder });
    for (let i = 1; i <= 20; i += 1) await first.post({ body: callback(i) });
    await first.post({ body: callback(7) });
    const [events, groups] = [await allEvents(first), await first.get("/v1/groups")];
    await first.stop();
    const second = await startTestRecorder({ folder });
    expect(await allEvents(second)).toEqual(events);
    expect(await second.get("/v1/groups")).toEqual(groups);
    await second.post({ body: callback(7) });
    await second.post({ body: callback(21) });
    expect((await allEvents(second)).map(({ position, arrivals }) => [position, arrivals]).slice(5)).toEqual([
      ["6", 1],
      ["7", 3],
      ...Array.from({ length: 14 }, (_, i) => [String(i + 8), 1]),
    ]);
  });
});

describe("a recorder that stops", () => {
  it("answers a callback that is under way, and has it", async () => {
    const folder = temporaryFolder();
    const recorder = await startTestRecorder({ folder });
    const connection = await rawConnection(recorder.url);
    const body = JSON.stringify(callback(1));
    await connection.write(
      `POST /callback?${callbackQuery(COMMAND)} HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
    );
    // The head has been read once another request, sent later, is answered.
    await recorder.request("/healthz");
    const stopped = recorder.stop();
    await connection.write(body.slice(9));
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 200 .*"ErrorCode":0\}$/s);
    await stopped;
    expect(await allEvents(await startTestRecorder({ folder }))).toMatchObject([{ body: callback(1) }]);
  });

  it("lets go of the port and of the file", async () => {
    const folder = temporaryFolder();
    const first = await startTestRecorder({ folder });
    await first.stop();
    await first.stop();
    const port = Number(new URL(first.url).port);
    const second = await startTestRecorder({ folder, section: { port } });
    expect(second.url).toBe(first.url);
  });
});

describe("a recorder does not start", () => {
  const startError = (code: string, remedy: string) =>
    expect.objectContaining({ name: "StartError", code, message: expect.stringContaining(remedy) }) as unknown;

  it("where its folder cannot be made", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "file"), "");
    const section = { store: `sqlite:${join(folder, "file", "recorder.db")}` };
    await expect(startTestRecorder({ folder, section })).rejects.toEqual(
      startError("STORE_UNUSABLE", "set another path in the configuration's store"),
    );
  });

  it("where its port is taken, and lets go of its file", async () => {
    const other = createServer();
    other.listen(0, "127.0.0.1");
    await once(other, "listening");
    onTestFinished(() => void other.close());
    const folder = temporaryFolder();
    const section = { port: (other.address() as AddressInfo).port };
    await expect(startTestRecorder({ folder, section })).rejects.toEqual(startError("PORT_TAKEN", "--port"));
    await startTestRecorder({ folder });
  });

  it("where its certificate cannot be read, and lets go of its file", async () => {
    const folder = temporaryFolder();
    const section = { tls: { certFile: join(folder, "none"), keyFile: join(folder, "none") } };
    await expect(startTestRecorder({ folder, section })).rejects.toEqual(startError("TLS_UNREADABLE", "tls"));
    await startTestRecorder({ folder });
  });
});

it("takes callbacks by HTTPS", async () => {
  const files = new URL("../../foundation/fixtures/tls/", import.meta.url);
  const certFile = new URL("first.cert.pem", files).pathname;
  const tls = { certFile, keyFile: new URL("first.key.pem", files).pathname };
  const recorder = await startTestRecorder({ section: { tls } });
  expect(recorder.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const agent = new Agent({ ca: readFileSync(certFile) });
  onTestFinished(() => agent.destroy());
  const send = async (method: string, path: string, body = "") => {
    const request = httpsRequest(recorder.url + path, { method, agent });
    request.end(body);
    const [response] = (await once(request, "response")) as [IncomingMessage];
    return await text(response);
  };
  expect(await send("POST", `/callback?${callbackQuery(COMMAND)}`, JSON.stringify(callback(1)))).toContain(
    '"ErrorCode":0',
  );
  expect(JSON.parse(await send("GET", "/v1/events"))).toMatchObject({ events: [{ body: callback(1) }] });
});

describe("whoever watches over the recorder", () => {
  it("hears that it is alive and ready", async () => {
    const recorder = await startTestRecorder();
    for (const path of ["/healthz", "/readyz"]) {
      expect(await recorder.get(path)).toEqual({ ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0 });
    }
  });

  it("has figures that add up", async () => {
    const apps = [{ sdkAppId: 1400000001 }, { sdkAppId: 1400000002, token: "t" }];
    const recorder = await startTestRecorder({ section: { apps } });
    await recorder.post({ body: callback(1) });
    await recorder.post({ body: callback(1) });
    await recorder.post({ body: callback(2) });
    for (let i = 0; i < 2; i += 1) await recorder.post({ body: { CallbackCommand: "State.StateChange" } });
    await recorder.post({ body: callback(3), sdkAppId: 1400000002 });
    await recorder.post({ body: callback(3), sdkAppId: 1400000003 });
    await recorder.request("/callback");
    const connection = await rawConnection(recorder.url);
    await connection.write("POST /callback HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999\r\n\r\n");
    await connection.received(isWholeAnswer);
    const { headers, text: figures } = await recorder.request("/metrics");
    expect(headers.get("content-type")).toContain("text/plain");
    const { startingWith, value } = readFigures(figures);
    expect(startingWith("muster_recorder_callbacks_total")).toEqual({
      'muster_recorder_callbacks_total{outcome="new",status="200"}': 2,
      'muster_recorder_callbacks_total{outcome="duplicate",status="200"}': 2,
      'muster_recorder_callbacks_total{outcome="quarantined",status="200"}': 1,
      'muster_recorder_callbacks_total{outcome="refused",status="401"}': 1,
      'muster_recorder_callbacks_total{outcome="refused",status="403"}': 1,
      'muster_recorder_callbacks_total{outcome="refused",status="405"}': 1,
      'muster_recorder_callbacks_total{outcome="refused",status="413"}': 1,
    });
    expect(startingWith("muster_recorder_arrivals_total")).toEqual({
      [`muster_recorder_arrivals_total{command="${COMMAND}",outcome="new"}`]: 2,
      [`muster_recorder_arrivals_total{command="${COMMAND}",outcome="duplicate"}`]: 1,
      'muster_recorder_arrivals_total{command="unknown",outcome="quarantined"}': 1,
      'muster_recorder_arrivals_total{command="unknown",outcome="duplicate"}': 1,
    });
    expect(value("muster_recorder_journal_events")).toBe(3);
    expect(value("muster_recorder_journal_bytes")).toBeGreaterThan(0);
    expect(value("muster_recorder_streams")).toBe(0);
    // Both new ones tell of 1970.
    expect(value('muster_recorder_lag_seconds_bucket{le="259200"}')).toBe(0);
    expect(value("muster_recorder_lag_seconds_count")).toBe(2);
    expect(value("muster_recorder_commit_batch_size_sum")).toBe(5);
    expect(value("muster_recorder_commit_duration_seconds_count")).toBe(
      value("muster_recorder_commit_batch_size_count"),
    );
    const { events } = await recorder.get<EventList>("/v1/events");
    expect(value("muster_recorder_last_event_timestamp_seconds")).toBe(Number(events.at(-1)?.receivedAt) / 1_000);
  });

  it.each([
    ["GET", "/", 404],
    ["GET", "/v1/nothing", 404],
    ["POST", "/v1/events", 404],
    ["DELETE", "/v1/groups/a", 404],
    ["GET", "/v1/groups/%zz", 400],
    ["GET", `/v1/groups/${"a".repeat(600)}`, 414],
  ])("is told in the documented form what is not there: %s %s", async (method, path, status) => {
    const answer = await (await startTestRecorder()).request(path, { method });
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      status,
      { ActionStatus: "FAIL", ErrorInfo: expect.stringMatching(/^[A-Z].{10,}\.$/), ErrorCode: status },
    ]);
  });

  it("is told in the documented form that something is no HTTP", async () => {
    const recorder = await startTestRecorder();
    for (const [request, status] of [
      ["NONSENSE\r\n\r\n", 400],
      [`GET /${"a".repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 431],
    ] as const) {
      const connection = await rawConnection(recorder.url);
      await connection.write(request);
      const answer = await connection.closed();
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toMatchObject({
        ActionStatus: "FAIL",
        ErrorCode: status,
      });
    }
  });
});
