import { CLOUD_EVENT_TYPE } from "../cloud-event.ts";
import { loadDriver } from "../load-driver.ts";
import { EventRefused, type Sink } from "../sink.ts";

/** How long connecting may take, and an answer may be in coming, in ms. */
const CONNECTING = 5_000;
const ANSWERING = 10_000;
/** All replicas that are in sync have it. */
const ALL = -1;
/** What brokers say of records that they will not take as they are. */
const refusals: ReadonlySet<unknown> = new Set(["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD"]);

/** Where a sink produces. */
export interface KafkaSinkSettings {
  /** `host:port` of some brokers; they name the others. */
  readonly brokers: readonly string[];
  readonly topic: string;
  readonly sasl?:
    | {
        readonly mechanism: "PLAIN" | "SCRAM-SHA-256" | "SCRAM-SHA-512";
        readonly username: string;
        readonly password: string;
      }
    | undefined;
  readonly tls?: { readonly ca?: string | undefined } | undefined;
}

/**
 * Produces events into a topic of Kafka. The key is the group, so that a group is in one partition, in order.
 * @throws {StartError} `DRIVER_MISSING`
 */
export async function openKafkaSink({ brokers, topic, sasl, tls }: KafkaSinkSettings): Promise<Sink> {
  const { Producer } = await loadDriver("kafka", ["@platformatic/kafka"], () => import("@platformatic/kafka"));
  const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
    clientId: "muster",
    bootstrapBrokers: [...brokers],
    connectTimeout: CONNECTING,
    timeout: ANSWERING,
    // Whoever asked comes again, and with the whole batch: here a part of it could overtake the rest.
    retries: 0,
    autocreateTopics: false,
    ...(sasl && { sasl: { ...sasl } }),
    ...(tls && { tls: tls.ca === undefined ? {} : { ca: tls.ca } }),
  });
  const contentType = Buffer.from("content-type");
  const cloudEvents = Buffer.from(CLOUD_EVENT_TYPE);

  return {
    concurrency: 1,
    batchSize: 500,
    async deliver(events, signal) {
      signal.throwIfAborted();
      const messages = events.map(({ attributes, text }) => ({
        topic,
        key: Buffer.from(attributes.partitionkey),
        value: Buffer.from(text),
        headers: new Map([[contentType, cloudEvents]]),
      }));
      try {
        // Said here: what the producer is made with does not count.
        await producer.send({ messages, acks: ALL });
      } catch (error) {
        throw explained(error);
      }
    },
    close: () => producer.close(),
  };
}

/** The first reason in a tree of errors that says something, as a refusal where it is one. */
function explained(error: unknown): unknown {
  const reasons = reasonsIn(error);
  const refusal = reasons.find((reason) => "apiId" in reason && refusals.has(reason.apiId));
  if (refusal) return new EventRefused(refusal.message);
  const [reason] = reasons;
  return reason ?? error;
}

/** The errors at the leaves. */
function reasonsIn(error: unknown): Error[] {
  if (error instanceof AggregateError) return error.errors.flatMap(reasonsIn);
  if (!(error instanceof Error)) return [];
  return error.cause instanceof Error ? reasonsIn(error.cause) : [error];
}
