import { describe, expect, it } from "vitest";

import { cloudEvent } from "./cloud-event.ts";
import { sampleEvent } from "./sink.contract.ts";

describe("a recorded callback, as a CloudEvent", () => {
  it("has the attributes of CloudEvents 1.0 and of its extensions", () => {
    const { text, attributes } = cloudEvent(sampleEvent(42));
    expect(JSON.parse(text)).toEqual({
      specversion: "1.0",
      id: "msg_42",
      source: "/apps/1400000001",
      type: "Group.CallbackAfterGroupFull",
      subject: "@TGS#2J4SZEAEL",
      time: "2022-12-09T08:26:54.165Z",
      datacontenttype: "application/json",
      partitionkey: "@TGS#2J4SZEAEL",
      sequence: "000000000000042",
      recordedtime: "2023-11-14T22:13:20.042Z",
      groupsequence: "42",
      clientip: "127.0.0.1",
      platform: "RESTAPI",
      data: { CallbackCommand: "Group.CallbackAfterGroupFull", GroupId: "@TGS#2J4SZEAEL", EventTime: 42 },
    });
    // Of at most 20 lower-case letters and digits, each with a text that is not empty.
    for (const [name, value] of Object.entries(attributes)) expect(`${name}=${value}`).toMatch(/^[a-z0-9]{1,20}=./);
  });

  it("has no attribute for what is not known", () => {
    const { text } = cloudEvent(
      sampleEvent(1, {
        id: undefined,
        dedupeKey: "body:0f",
        groupId: undefined,
        sequence: undefined,
        eventTime: undefined,
        clientIp: undefined,
        platform: undefined,
      }),
    );
    expect(JSON.parse(text)).toEqual({
      specversion: "1.0",
      id: "body:0f",
      source: "/apps/1400000001",
      type: "Group.CallbackAfterGroupFull",
      datacontenttype: "application/json",
      partitionkey: "1400000001",
      sequence: "000000000000001",
      recordedtime: "2023-11-14T22:13:20.001Z",
      data: expect.anything(),
    });
  });

  it.each([-1, 253_402_300_800_000, 1e18])("tells no time that has no text: %d", (eventTime) => {
    expect(JSON.parse(cloudEvent(sampleEvent(1, { eventTime })).text)).not.toHaveProperty("time");
  });

  it("has the body's own text, on one line", () => {
    const { text, data } = cloudEvent(sampleEvent(1, { body: Buffer.from('{\r\n"a": 1.10,\n\n"b":"\\n"}') }));
    expect(data).toBe('{ "a": 1.10, "b":"\\n"}');
    expect(text).toContain(`,"data":${data}}`);
  });

  it("has bytes in base64 where they are no JSON, and says why it is in quarantine", () => {
    const { text, data } = cloudEvent(sampleEvent(1, { body: Buffer.from([0xff]), fault: "the body is not UTF-8" }));
    expect(data).toBeUndefined();
    expect(JSON.parse(text)).toMatchObject({
      datacontenttype: "application/octet-stream",
      fault: "the body is not UTF-8",
      data_base64: "/w==",
    });
  });
});
