import { readdirSync, readFileSync } from "node:fs";

import { BODY_LIMIT } from "@muster/foundation";
import { callbackSign } from "@muster/protocol";
import { MAX_BODY_BYTES } from "@muster/receiver";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { readFigures } from "../../../../test/harness/figures.ts";
import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import { isWholeAnswer, rawConnection } from "../../../../test/harness/raw-http.ts";
import {
  allEvents,
  callbackQuery,
  startTestRecorder,
  type RecorderUnderTest,
} from "../../../../test/harness/recorder.ts";
import { onPostgres, sqlIn } from "../../../../test/harness/store.ts";

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';
const DESTROYED = "Group.CallbackAfterGroupDestroyed";
const destroyed = { CallbackCommand: DESTROYED, GroupId: "@TGS#2J4SZEAEL", Type: "Public", Owner_Account: "leckie" };

const refusal = (status: number) => ({
  ActionStatus: "FAIL",
  ErrorInfo: expect.stringMatching(/^[A-Z].{10,}\.$/),
  ErrorCode: status,
});

/** Posts over a connection of its own, with the headers that are given and no others but the length. */
async function rawPost(
  recorder: RecorderUnderTest,
  headers: string,
  body = JSON.stringify(destroyed),
): Promise<string> {
  const connection = await rawConnection(recorder.url);
  await connection.write(
    `POST /callback?${callbackQuery(DESTROYED)} HTTP/1.1\r\nhost: a\r\ncontent-length: ${body.length}\r\n${headers}\r\n${body}`,
  );
  return await connection.received(isWholeAnswer);
}

it("takes every golden body and gives it back as it was", async () => {
  const folder = new URL("../../../protocol/fixtures/", import.meta.url);
  const fixture = z.object({ query: z.string(), body: z.looseObject({ GroupId: z.string().optional() }) });
  const recorder = await startTestRecorder();
  const fixtures = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .map((path) => fixture.parse(JSON.parse(readFileSync(new URL(path, folder), "utf8"))));
  for (const { query, body } of fixtures) {
    const answer = await recorder.request(`/callback?${query}`, { method: "POST", body: JSON.stringify(body) });
    expect(answer).toMatchObject({ status: 200, text: OK });
    expect(answer.headers.get("content-type")).toBe("application/json");
  }
  const events = await allEvents(recorder);
  expect(events.map(({ body }) => body)).toEqual(fixtures.map(({ body }) => body));
  expect(events.map(({ groupId }) => groupId)).toEqual(fixtures.map(({ body }) => body.GroupId ?? null));
  expect(events.filter(({ fault, arrivals }) => fault !== null || arrivals !== 1)).toEqual([]);
});

it("answers what comes twice OK twice and records it once", async () => {
  const recorder = await startTestRecorder();
  const headers = { "webhook-id": "msg_1", "muster-sequence": "4", "muster-attempt": "1" };
  expect((await recorder.post({ body: destroyed, headers })).text).toBe(OK);
  expect((await recorder.post({ body: destroyed, headers: { ...headers, "muster-attempt": "2" } })).text).toBe(OK);
  expect((await recorder.post({ body: destroyed, headers: { ...headers, "muster-replay": "1" } })).text).toBe(OK);
  const atOnce = await Promise.all(Array.from({ length: 20 }, () => recorder.post({ body: destroyed, headers })));
  expect(new Set(atOnce.map(({ text }) => text))).toEqual(new Set([OK]));
  expect(await allEvents(recorder)).toEqual([
    {
      position: "1",
      id: "msg_1",
      sdkAppId: 1400000001,
      command: DESTROYED,
      groupId: "@TGS#2J4SZEAEL",
      sequence: 4,
      attempt: 1,
      eventTime: null,
      receivedAt: expect.any(Number),
      arrivals: 23,
      replays: 1,
      clientIp: "127.0.0.1",
      platform: "RESTAPI",
      reconciled: false,
      fault: null,
      body: destroyed,
    },
  ]);
});

it("says of what came as a replay alone that it did", async () => {
  const recorder = await startTestRecorder();
  const headers = { "webhook-id": "msg_1", "muster-sequence": "4", "muster-attempt": "1", "muster-replay": "1" };
  await recorder.post({ body: destroyed, headers });
  await recorder.post({ body: destroyed, headers });
  expect(await allEvents(recorder)).toMatchObject([{ sequence: 4, arrivals: 2, replays: 2 }]);
});

it("has what it answered OK in the store", async () => {
  const { post, store } = await startTestRecorder();
  for (let i = 1; i <= 10; i += 1) {
    await post({ body: { ...destroyed, EventTime: i } });
    expect(await sqlIn(store, "recorder", "SELECT position FROM events")).toHaveLength(i);
  }
});

it("answers 503 and when to come again while the journal cannot be written, and takes it when it can", async () => {
  const recorder = await startTestRecorder();
  await recorder.post({ body: { ...destroyed, EventTime: 1 } });
  const exec = (sql: string) => sqlIn(recorder.store, "recorder", sql);
  await exec(
    onPostgres
      ? "ALTER TABLE events ADD CONSTRAINT the_disk_is_full CHECK (false) NOT VALID"
      : "CREATE TRIGGER broken BEFORE INSERT ON events BEGIN SELECT raise(ABORT, 'the disk is full'); END",
  );
  const answer = await recorder.post({ body: destroyed });
  expect(JSON.parse(answer.text)).toEqual(refusal(503));
  expect(answer.headers.get("retry-after")).toBe("1");
  expect(answer.text).not.toContain("disk");
  await exec(onPostgres ? "ALTER TABLE events DROP CONSTRAINT the_disk_is_full" : "DROP TRIGGER broken");
  expect((await recorder.post({ body: destroyed })).text).toBe(OK);
  expect(await allEvents(recorder)).toHaveLength(2);
});

it("keeps what cannot be used, with its bytes where they are no JSON", async () => {
  const recorder = await startTestRecorder();
  const bytes = Uint8Array.of(0x7b, 0xff, 0x00, 0x7d);
  const post = (command: string, body: BodyInit) =>
    recorder.request(`/callback?${callbackQuery(command)}`, { method: "POST", body });
  const unknown = { CallbackCommand: "Group.CallbackAfterKickMember", GroupId: "a" };
  expect((await post(DESTROYED, bytes)).text).toBe(OK);
  expect((await post(unknown.CallbackCommand, JSON.stringify(unknown))).text).toBe(OK);
  expect((await post(DESTROYED, "null")).text).toBe(OK);
  const events = await allEvents(recorder);
  expect(events).toMatchObject([
    { fault: "The body is not UTF-8.", body: null, raw: Buffer.from(bytes).toString("base64") },
    { fault: expect.stringContaining("The catalog"), body: unknown, groupId: "a" },
    { fault: "The body is JSON, but not an object.", body: null },
  ]);
  expect(events.map((event) => "raw" in event)).toEqual([true, false, false]);
});

it("refuses what another of its apps has signed, and who is none of them, counts both and keeps neither", async () => {
  const now = 1_700_000_000_000;
  const apps = [
    { sdkAppId: 1400000001, token: "xxxxyyyy" },
    { sdkAppId: 1400000002, token: "of the other" },
  ];
  const recorder = await startTestRecorder({ clock: createManualClock(now), section: { apps } });
  const requestTime = String(now / 1_000);
  const signed = async (token: string) => `&Sign=${await callbackSign(token, requestTime)}&RequestTime=${requestTime}`;
  const query = await signed("of the other");
  const post = async (sdkAppId: number) => (await recorder.post({ body: destroyed, sdkAppId, query })).status;
  expect([await post(1400000001), await post(1400000003)]).toEqual([401, 403]);
  expect(await allEvents(recorder)).toEqual([]);
  expect(await post(1400000002)).toBe(200);
  expect(await allEvents(recorder)).toMatchObject([{ sdkAppId: 1400000002 }]);
  const { value } = readFigures((await recorder.request("/metrics")).text);
  for (const status of [401, 403]) {
    expect(value(`muster_recorder_callbacks_total{outcome="refused",status="${status}"}`)).toBe(1);
  }
});

describe("whatever the content type", () => {
  it.each([
    "",
    "content-type: application/json\r\n",
    "content-type: application/json; charset=utf-8\r\n",
    "content-type: application/x-www-form-urlencoded\r\n",
    "content-type: multipart/form-data\r\n",
    "content-type: ;;;///\r\n",
    "content-type:\r\n",
  ])("%j", async (header) => {
    const recorder = await startTestRecorder();
    expect(await rawPost(recorder, header)).toMatch(/^HTTP\/1\.1 200 .*"ErrorCode":0\}$/s);
    expect(await allEvents(recorder)).toMatchObject([{ body: destroyed, fault: null }]);
  });
});

describe("the order of the checks", () => {
  const NOW = 1_700_000_000_000;
  const requestTime = String(NOW / 1000);
  const checks = ["method", "app", "sign", "command", "schema"] as const;
  const statuses = { method: 405, app: 403, sign: 401, command: 400, schema: 200, none: 200 };
  const subsets = Array.from({ length: 2 ** checks.length }, (_, bits) =>
    checks.filter((_c, i) => (bits & (1 << i)) !== 0),
  );

  it("is kept over HTTP, whatever fails", async () => {
    const apps = [{ sdkAppId: 1400000001, token: "xxxxyyyy" }];
    const recorder = await startTestRecorder({ clock: createManualClock(NOW), section: { apps } });
    const sign = await callbackSign("xxxxyyyy", requestTime);
    for (const failing of subsets) {
      const fails = (check: (typeof checks)[number]) => failing.includes(check);
      const query = new URLSearchParams({
        SdkAppid: fails("app") ? "1" : "1400000001",
        CallbackCommand: fails("command") ? "Group.CallbackAfterTopicDestroyed" : DESTROYED,
        Sign: fails("sign") ? "0".repeat(64) : sign,
        RequestTime: requestTime,
      });
      const body = JSON.stringify(fails("schema") ? { ...destroyed, GroupId: 7 } : destroyed);
      const method = fails("method") ? "PUT" : "POST";
      const { status, text } = await recorder.request(`/callback?${query}`, { method, body });
      const expected = statuses[checks.find(fails) ?? "none"];
      expect({ failing, status, body: JSON.parse(text) as unknown }).toEqual({
        failing,
        status: expected,
        body: expected === 200 ? JSON.parse(OK) : refusal(expected),
      });
    }
    expect(await allEvents(recorder)).toMatchObject([
      { fault: null, arrivals: 1 },
      { fault: expect.stringContaining("GroupId"), arrivals: 1 },
    ]);
  });

  it.each(["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "QUERY", "PROPFIND", "SEARCH"])(
    "lets nothing but POST in: %s",
    async (method) => {
      const recorder = await startTestRecorder();
      const { status, headers, text } = await recorder.request(`/callback?${callbackQuery(DESTROYED)}`, { method });
      expect([status, headers.get("allow")]).toEqual([405, "POST"]);
      expect(text === "" ? refusal(405) : JSON.parse(text)).toEqual(refusal(405));
    },
  );

  it("asks for the method before the size", async () => {
    const recorder = await startTestRecorder();
    const connection = await rawConnection(recorder.url);
    await connection.write(`PUT /callback HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999\r\n\r\n`);
    expect(await connection.received(isWholeAnswer)).toMatch(/^HTTP\/1\.1 405 /);
  });
});

describe("a body that is too large", () => {
  it("is one for adapters as for the receiver", () => {
    expect(BODY_LIMIT).toBe(MAX_BODY_BYTES);
  });

  it("is none up to 1 MiB", async () => {
    const recorder = await startTestRecorder();
    const body = JSON.stringify(destroyed).padEnd(MAX_BODY_BYTES, " ");
    const { text } = await recorder.request(`/callback?${callbackQuery(DESTROYED)}`, { method: "POST", body });
    expect(text).toBe(OK);
    expect(await allEvents(recorder)).toMatchObject([{ body: destroyed }]);
  });

  it("is refused by the length that it announces, before it is sent, whoever it is for", async () => {
    const recorder = await startTestRecorder();
    for (const query of [callbackQuery(DESTROYED), "SdkAppid=1"]) {
      const connection = await rawConnection(recorder.url);
      await connection.write(
        `POST /callback?${query} HTTP/1.1\r\nhost: a\r\ncontent-length: ${MAX_BODY_BYTES + 1}\r\n\r\n`,
      );
      const answer = await connection.closed();
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toEqual(refusal(413));
    }
    expect(await allEvents(recorder)).toEqual([]);
  });

  it("is refused in the middle where it announces none", async () => {
    const recorder = await startTestRecorder();
    const connection = await rawConnection(recorder.url);
    const head = `POST /callback?${callbackQuery(DESTROYED)} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n`;
    await connection.write(head);
    // One byte too many, and no end: the answer has to come before there is one.
    for (let i = 0; i < MAX_BODY_BYTES / 0x1_0000; i += 1)
      await connection.write(`10000\r\n${" ".repeat(0x1_0000)}\r\n`);
    await connection.write("1\r\n \r\n");
    const answer = await connection.closed();
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(JSON.parse(answer.slice(answer.indexOf("\r\n\r\n")))).toEqual(refusal(413));
    expect(await allEvents(recorder)).toEqual([]);
  });
});

it("takes callbacks where it was told to, also at the root", async () => {
  const recorder = await startTestRecorder({ section: { path: "/" } });
  expect((await recorder.post({ body: destroyed })).text).toBe(OK);
  expect((await recorder.request(`?${callbackQuery(DESTROYED)}`)).status).toBe(405);
  expect((await recorder.request("/callback", { method: "POST" })).status).toBe(404);
});
