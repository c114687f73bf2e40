import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Inbox, ReceivedCallback } from "./inbox.ts";
import type { KeptCallback } from "./memory-inbox.ts";

/** An inbox under test, and a way to look into it. */
export interface InboxUnderTest {
  readonly inbox: Inbox;
  /** Everything that was kept, in the order in which it came. */
  kept(): readonly KeptCallback[] | Promise<readonly KeptCallback[]>;
  close(): Promise<void>;
}

const utf8 = new TextEncoder();

/** A callback of which every field is set; `over` replaces some of them. */
export function sampleCallback(over: Partial<ReceivedCallback> = {}): ReceivedCallback {
  return {
    dedupeKey: "id:1400000001:msg_1",
    sdkAppId: 1400000001,
    command: "Group.CallbackAfterGroupDestroyed",
    groupId: "@TGS#2J4SZEAEL",
    id: "msg_1",
    sequence: 1,
    attempt: 1,
    replay: false,
    eventTime: 1670574414123,
    clientIp: "127.0.0.1",
    platform: "RESTAPI",
    receivedAt: 1700000000000,
    query: "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupDestroyed",
    body: utf8.encode('{"CallbackCommand":"Group.CallbackAfterGroupDestroyed"}'),
    fault: undefined,
    ...over,
  };
}

/** The suite that every inbox passes. */
export function inboxContract(name: string, open: () => InboxUnderTest | Promise<InboxUnderTest>): void {
  describe(`${name}, as an inbox`, () => {
    let subject: InboxUnderTest;
    beforeEach(async () => {
      subject = await open();
    });
    afterEach(() => subject.close());

    it("keeps a callback with everything that is known of it", async () => {
      const callback = sampleCallback();
      expect(await subject.inbox.keep(callback)).toBe("new");
      expect(await subject.kept()).toEqual([{ callback, arrivals: 1 }]);
    });

    it("keeps a callback of which little is known", async () => {
      const callback = sampleCallback({
        dedupeKey: "body:00",
        groupId: undefined,
        id: undefined,
        sequence: undefined,
        attempt: undefined,
        eventTime: undefined,
        clientIp: undefined,
        platform: undefined,
        query: "",
        body: new Uint8Array(),
      });
      await subject.inbox.keep(callback);
      expect(await subject.kept()).toEqual([{ callback, arrivals: 1 }]);
    });

    it("keeps what comes twice once, as it came first, and counts its arrivals", async () => {
      const first = sampleCallback();
      expect(await subject.inbox.keep(first)).toBe("new");
      expect(await subject.inbox.keep(sampleCallback({ attempt: 2, receivedAt: 1700000005000 }))).toBe("duplicate");
      expect(await subject.inbox.keep(sampleCallback({ attempt: 3, receivedAt: 1700000030000 }))).toBe("duplicate");
      expect(await subject.kept()).toEqual([{ callback: first, arrivals: 3 }]);
    });

    it("keeps what comes many times at once once", async () => {
      const verdicts = await Promise.all(
        Array.from({ length: 50 }, (_, i) => subject.inbox.keep(sampleCallback({ attempt: i + 1 }))),
      );
      expect(verdicts.toSorted()).toEqual([...Array.from({ length: 49 }, () => "duplicate"), "new"]);
      expect((await subject.kept()).map(({ arrivals }) => arrivals)).toEqual([50]);
    });

    it("keeps different callbacks apart, in the order in which they were handed over", async () => {
      const keys = Array.from({ length: 100 }, (_, i) => `id:1400000001:msg_${i}`);
      await Promise.all(keys.map((dedupeKey) => subject.inbox.keep(sampleCallback({ dedupeKey }))));
      expect((await subject.kept()).map(({ callback }) => callback.dedupeKey)).toEqual(keys);
    });

    it("keeps the bytes of a body as they came", async () => {
      const body = Uint8Array.from({ length: 256 }, (_, byte) => byte);
      await subject.inbox.keep(sampleCallback({ body, fault: "The body is not UTF-8." }));
      body.fill(0);
      expect((await subject.kept()).map(({ callback }) => [...callback.body])).toEqual([
        Array.from({ length: 256 }, (_, byte) => byte),
      ]);
    });

    it("keeps what is in quarantine with the reason", async () => {
      const callback = sampleCallback({ fault: "The body is not JSON." });
      await subject.inbox.keep(callback);
      expect(await subject.kept()).toEqual([{ callback, arrivals: 1 }]);
    });

    it.each(["a\u0000b", "群组 👪", "'; DROP TABLE events; --", " ", "%00"])("keeps the text %j", async (text) => {
      const callback = sampleCallback({
        command: text,
        groupId: text,
        clientIp: text,
        platform: text,
        query: text,
        fault: text,
      });
      await subject.inbox.keep(callback);
      expect(await subject.kept()).toEqual([{ callback, arrivals: 1 }]);
    });
  });
}
