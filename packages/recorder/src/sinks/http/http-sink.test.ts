import { systemClock } from "@muster/foundation";
import { Webhook } from "standardwebhooks";
import { describe, expect, it, onTestFinished } from "vitest";

import { startEventTaker } from "../../../../../test/harness/event-taker.ts";
import { cloudEvent } from "../cloud-event.ts";
import { EventRefused, SinkBusy } from "../sink.ts";
import { sampleEvent, sinkContract } from "../sink.contract.ts";
import { createHttpSink, type HttpSinkSettings } from "./http-sink.ts";

const SECRET = `whsec_${Buffer.from("a key of more than 24 bytes").toString("base64")}`;
const never = new AbortController().signal;

sinkContract("an HTTP endpoint", async () => {
  const taker = await startEventTaker();
  return {
    sink: createHttpSink({ url: taker.url, secret: SECRET, concurrency: 4 }, systemClock),
    kept: async () => taker.taken.map(({ text }) => text),
    crash: taker.crash,
    restart: taker.restart,
    close: taker.crash,
  };
});

describe("an HTTP sink", () => {
  async function sinkTo(status: number, settings: Partial<HttpSinkSettings> = {}) {
    const taker = await startEventTaker(() => status);
    const sink = createHttpSink({ url: taker.url, concurrency: 1, ...settings }, systemClock);
    onTestFinished(async () => {
      await sink.close();
      await taker.crash();
    });
    return { taker, sink };
  }

  it("signs what it posts, as a Standard Webhooks library verifies it", async () => {
    const { sink, taker } = await sinkTo(200, { secret: SECRET });
    for (const id of ["msg_1", "of two words ", "körper"])
      await sink.deliver([cloudEvent(sampleEvent(1, { id }))], never);
    const webhook = new Webhook(SECRET);
    for (const { headers, text } of taker.taken) {
      expect(webhook.verify(text, headers as Record<string, string>)).toEqual(JSON.parse(text));
      expect(() => webhook.verify(text.replace("1", "2"), headers as Record<string, string>)).toThrow(
        "No matching signature found",
      );
    }
    expect(taker.taken.map(({ headers }) => headers["webhook-id"])).toEqual([
      "msg_1",
      "of%20two%20words%20",
      "k%C3%B6rper",
    ]);
  });

  it("says what it posts and who it is, and signs nothing without a key", async () => {
    const { sink, taker } = await sinkTo(200, { authorization: "Bearer abc" });
    await sink.deliver([cloudEvent(sampleEvent(1))], never);
    const headers = taker.taken[0]?.headers;
    expect(headers).toMatchObject({ "content-type": "application/cloudevents+json", authorization: "Bearer abc" });
    expect(headers).not.toHaveProperty("webhook-signature");
  });

  it.each([400, 409, 413, 415, 422])("takes status %d for a refusal of the event", async (status) => {
    const { sink } = await sinkTo(status);
    await expect(sink.deliver([cloudEvent(sampleEvent(1))], never)).rejects.toEqual(
      new EventRefused(`HTTP status ${status}`),
    );
  });

  it.each([301, 401, 403, 404, 429, 500, 503])("takes status %d for a failure of the other side", async (status) => {
    const { sink } = await sinkTo(status);
    await expect(sink.deliver([cloudEvent(sampleEvent(1))], never)).rejects.toEqual(new Error(`HTTP status ${status}`));
  });

  it.each([
    ["7", 429, new SinkBusy("HTTP status 429", 7_000)],
    ["0", 503, new SinkBusy("HTTP status 503", 0)],
    [new Date(0).toUTCString(), 503, new SinkBusy("HTTP status 503", 0)],
    ["soon", 503, new Error("HTTP status 503")],
    ["7", 422, new EventRefused("HTTP status 422")],
  ])("heeds Retry-After: %s with status %d", async (wish, status, error) => {
    const taker = await startEventTaker(() => status, { "retry-after": wish });
    const sink = createHttpSink({ url: taker.url, concurrency: 1 }, systemClock);
    onTestFinished(async () => {
      await sink.close();
      await taker.crash();
    });
    const failure = await sink.deliver([cloudEvent(sampleEvent(1))], never).catch((reason: unknown) => reason);
    expect(failure).toBeInstanceOf(error.constructor);
    expect(failure).toEqual(error);
  });
});
