import { describe, expect, it, onTestFinished } from "vitest";

import { startKafkaPeer, type KafkaPeer } from "../../../../../test/harness/kafka-peer.ts";
import { cloudEvent } from "../cloud-event.ts";
import { EventRefused } from "../sink.ts";
import { sampleEvent, sinkContract } from "../sink.contract.ts";
import { openKafkaSink } from "./kafka-sink.ts";

const TOPIC = "group-events";
const never = new AbortController().signal;

/** The values of all partitions: of each as they are, and in the journal's order among them. */
function valuesOf(peer: KafkaPeer): string[] {
  const queues = peer.partitions(TOPIC).map((records) => records.map(({ value }) => value));
  const sequenceOf = (value: string): string => (JSON.parse(value) as { sequence: string }).sequence;
  const merged: string[] = [];
  for (;;) {
    const [next] = queues
      .filter((queue) => queue.length > 0)
      .toSorted(([a = ""], [b = ""]) => sequenceOf(a).localeCompare(sequenceOf(b)));
    const value = next?.shift();
    if (value === undefined) return merged;
    merged.push(value);
  }
}

sinkContract("a topic of Kafka, as a peer that speaks its protocol has it", async () => {
  const peer = await startKafkaPeer([TOPIC]);
  return {
    sink: await openKafkaSink({ brokers: [peer.broker], topic: TOPIC }),
    kept: async () => valuesOf(peer),
    crash: peer.crash,
    restart: peer.restart,
    close: peer.crash,
  };
});

describe("a Kafka sink", () => {
  async function open(topic = TOPIC, mostBytes?: number) {
    const peer = await startKafkaPeer([TOPIC], mostBytes);
    const sink = await openKafkaSink({ brokers: [peer.broker], topic });
    onTestFinished(async () => {
      await sink.close();
      await peer.crash();
    });
    return { peer, sink };
  }

  it("has the group for a key, so that a group is in one partition", async () => {
    const { peer, sink } = await open();
    const events = Array.from({ length: 100 }, (_, i) => sampleEvent(i + 1, { groupId: `group-${i % 20}` }));
    await sink.deliver(events.map(cloudEvent), never);
    const keys = peer.partitions(TOPIC).map((records) => new Set(records.map(({ key }) => key)));
    expect(keys.filter(({ size }) => size > 0).length).toBeGreaterThan(1);
    expect(keys.flatMap((ofOne) => [...ofOne]).toSorted()).toEqual(
      Array.from({ length: 20 }, (_, i) => `group-${i}`).toSorted(),
    );
    expect(peer.partitions(TOPIC).flat()[0]?.headers).toEqual({ "content-type": "application/cloudevents+json" });
  });

  it("says that an event is refused which is too large", async () => {
    const { sink } = await open(TOPIC, 10_000);
    const large = cloudEvent(sampleEvent(1, { body: Buffer.from(JSON.stringify("x".repeat(20_000))) }));
    await expect(sink.deliver([large], never)).rejects.toBeInstanceOf(EventRefused);
    await sink.deliver([cloudEvent(sampleEvent(2))], never);
  });

  it("says that there is no such topic", async () => {
    const { sink } = await open("another");
    await expect(sink.deliver([cloudEvent(sampleEvent(1))], never)).rejects.toThrow("Unknown topic another.");
  });
});

describe("a Kafka that lets in whom it knows", () => {
  const right = { username: "muster", password: "of the sink, = and all" } as const;

  it.each(["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const)("by %s", async (mechanism) => {
    const peer = await startKafkaPeer([TOPIC], undefined, { mechanism, ...right });
    onTestFinished(peer.crash);
    const other = mechanism === "PLAIN" ? "SCRAM-SHA-256" : "PLAIN";
    for (const sasl of [
      { mechanism, ...right, password: "another" },
      { mechanism, ...right, username: "bob" },
      { mechanism: other, ...right } as const,
      undefined,
    ]) {
      const stranger = await openKafkaSink({ brokers: [peer.broker], topic: TOPIC, ...(sasl && { sasl }) });
      const failure: unknown = await stranger
        .deliver([cloudEvent(sampleEvent(1))], never)
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(Error);
      expect(failure).not.toBeInstanceOf(EventRefused);
      expect(String(failure)).not.toContain(right.password);
      await stranger.close();
    }
    expect(valuesOf(peer)).toEqual([]);
    const sink = await openKafkaSink({ brokers: [peer.broker], topic: TOPIC, sasl: { mechanism, ...right } });
    onTestFinished(() => sink.close());
    await sink.deliver([cloudEvent(sampleEvent(1))], never);
    expect(valuesOf(peer)).toEqual([cloudEvent(sampleEvent(1)).text]);
  });
});
