import type { JetStreamClient } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";

import { CLOUD_EVENT_TYPE, type OutgoingEvent } from "../cloud-event.ts";
import { headerText } from "../header-text.ts";
import { loadDriver } from "../load-driver.ts";
import { EventRefused, type Sink } from "../sink.ts";
import { serverIdentity } from "./server-identity.ts";
import { subjectOf } from "./subject.ts";

/** How long connecting may take, and an acknowledgement may be in coming, in ms. */
const CONNECTING = 5_000;
const ANSWERING = 5_000;
/** How often the server is asked whether it is there, in ms; twice without an answer, and the connection is given up. */
const ASKING = 5_000;
const CONCURRENCY = 32;
/** The code of JetStream's answer that a stream takes no message of this size. */
const TOO_LARGE = 10_054;

/** Where a sink publishes. */
export interface NatsSinkSettings {
  readonly servers: readonly string[];
  /** In which `{sdkAppId}`, `{type}` and `{groupId}` stand for the event's. */
  readonly subject: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly token?: string | undefined;
  /** The content of a `.creds` file. */
  readonly credentials?: string | undefined;
  /** Certificates of authorities, PEM: TLS is insisted on. */
  readonly ca?: string | undefined;
}

interface Connected {
  readonly connection: NatsConnection;
  readonly stream: JetStreamClient;
}

/**
 * Publishes events into NATS JetStream, each acknowledged by the stream that takes its subject. Of a group one is under
 * way at a time: of several, the first might fail alone.
 * @throws {StartError} `DRIVER_MISSING`
 */
export async function openNatsSink(settings: NatsSinkSettings): Promise<Sink> {
  const packages = ["@nats-io/transport-node", "@nats-io/jetstream"];
  const [transport, { jetstream, JetStreamApiError }] = await loadDriver("nats", packages, () =>
    Promise.all([import("@nats-io/transport-node"), import("@nats-io/jetstream")]),
  );
  const { servers, subject, user, password, token, credentials, ca } = settings;
  const options = {
    servers: [...servers],
    name: "muster",
    timeout: CONNECTING,
    pingInterval: ASKING,
    maxPingOut: 2,
    // A connection that is lost is given up: what had been written to it is sent over another by whoever sent it.
    reconnect: false,
    ...(user !== undefined && { user }),
    ...(password !== undefined && { pass: password }),
    ...(token !== undefined && { token }),
    ...(credentials !== undefined && { authenticator: transport.credsAuthenticator(Buffer.from(credentials)) }),
    ...(ca !== undefined && { tls: { ca, checkServerIdentity: serverIdentity(servers) } }),
  };
  let connecting: Promise<Connected> | undefined;

  async function connect(): Promise<Connected> {
    const connection = await transport.connect(options);
    void connection.closed().then(() => (connecting = undefined));
    return { connection, stream: jetstream(connection) };
  }

  /** One connection for all; where it cannot be made, the next who asks makes another. */
  async function connected(): Promise<Connected> {
    connecting ??= connect().catch((error: unknown) => {
      connecting = undefined;
      throw error;
    });
    return await connecting;
  }

  async function publish(event: OutgoingEvent): Promise<void> {
    const { connection, stream } = await connected();
    const payload = Buffer.from(event.text);
    const limit = connection.info?.max_payload ?? Infinity;
    const headers = transport.headers();
    headers.set("Content-Type", CLOUD_EVENT_TYPE);
    const msgID = `${event.sdkAppId}:${headerText(event.attributes.id)}`;
    // What the server counts are the headers as well.
    if (payload.length + msgID.length + 256 > limit) throw new EventRefused(`it is larger than ${limit} bytes`);
    try {
      await stream.publish(subjectOf(subject, event), payload, { msgID, headers, timeout: ANSWERING });
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === TOO_LARGE) throw new EventRefused(error.message);
      if (isUnheard(error)) throw new Error("no stream takes its subject", { cause: error });
      throw error;
    }
  }

  return {
    concurrency: CONCURRENCY,
    batchSize: 1,
    async deliver(events, signal) {
      signal.throwIfAborted();
      for (const event of events) await publish(event);
    },
    async close() {
      const open = await connecting?.catch(() => undefined);
      await open?.connection.close();
    },
  };
}

/** Whether nobody listens to a subject. The driver says then that JetStream is not enabled, which it may well be. */
function isUnheard(error: unknown): boolean {
  return error instanceof Error && error.name === "JetStreamNotEnabled";
}
