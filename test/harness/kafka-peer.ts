import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";

import { createKafkaSession, type KafkaLogin, type KafkaSession } from "./kafka-login.ts";
import { readRecords, type KafkaRecord } from "./kafka-records.ts";

/**
 * What a producer needs of a Kafka broker, over a real socket in Kafka's own protocol: ApiVersions, Metadata (version 1)
 * and Produce (version 3), and for those who are to log in SaslHandshake (1) and SaslAuthenticate (0). It is no broker: it keeps records in memory, replicates nothing, and says so by its name. A
 * broker can be had neither from npm nor from Debian.
 */
export interface KafkaPeer {
  /** `127.0.0.1:9092` */
  readonly broker: string;
  /** What was acknowledged of a topic, by partition, in order. */
  partitions(topic: string): readonly (readonly KafkaRecord[])[];
  /** Closes its port and cuts its connections; what it has stays. */
  crash(): Promise<void>;
  restart(): Promise<void>;
}

const PARTITIONS = 3;
const PRODUCE = 0;
const METADATA = 3;
const SASL_HANDSHAKE = 17;
const API_VERSIONS = 18;
const SASL_AUTHENTICATE = 36;
const supported: readonly (readonly [api: number, least: number, most: number])[] = [
  [PRODUCE, 3, 3],
  [METADATA, 1, 1],
  [API_VERSIONS, 0, 3],
  [SASL_HANDSHAKE, 1, 1],
  [SASL_AUTHENTICATE, 0, 0],
];
const TOO_LARGE = 10;
const UNKNOWN_TOPIC = 3;
const UNKNOWN_MECHANISM = 33;
const LOGIN_FAILED = 58;

/**
 * @param mostBytes of a batch; a larger one is refused, as a broker does
 * @param login whom it lets in; everybody where it is absent
 */
export async function startKafkaPeer(
  topics: readonly string[],
  mostBytes = 1_048_588,
  login?: KafkaLogin,
): Promise<KafkaPeer> {
  const logs = new Map(topics.map((topic) => [topic, Array.from({ length: PARTITIONS }, (): KafkaRecord[] => [])]));
  let server: Server | undefined;
  let port = 0;
  const sockets = new Set<Socket>();

  /** `undefined` to who asks for something and is not let in: it is cut off. */
  function answer({ api, version, request }: Asked, session: KafkaSession | undefined): Writer | undefined {
    if (api === API_VERSIONS) return apiVersions(version);
    if (session && api === SASL_HANDSHAKE) return handshake(request, session);
    if (session && api === SASL_AUTHENTICATE) return authenticate(request, session);
    if (session?.isIn() === false) return undefined;
    return api === METADATA ? metadata(request) : produce(request);
  }

  /** From version 3 on arrays count one more than they have, and tagged fields follow. */
  function apiVersions(version: number): Writer {
    if (version < 3) {
      const plain = new Writer().int16(0).int32(supported.length);
      for (const row of supported) for (const field of row) plain.int16(field);
      return plain.int32(0);
    }
    const writer = new Writer().int16(0).int8(supported.length + 1);
    for (const [api, least, most] of supported) writer.int16(api).int16(least).int16(most).int8(0);
    return writer.int32(0).int8(0);
  }

  function handshake(request: Reader, session: KafkaSession): Writer {
    const mechanism = request.text();
    return new Writer().int16(session.begin(mechanism) ? 0 : UNKNOWN_MECHANISM).int32(0);
  }

  function authenticate(request: Reader, session: KafkaSession): Writer {
    const said = session.hear(request.bytes());
    if (!said) return new Writer().int16(LOGIN_FAILED).text("nobody of this name and password").bytes(Buffer.alloc(0));
    return new Writer().int16(0).int16(-1).bytes(said);
  }

  function metadata(request: Reader): Writer {
    const asked = request.array(() => request.text());
    const writer = new Writer().int32(1).int32(1).text("127.0.0.1").int32(port).int16(-1).int32(1).int32(asked.length);
    for (const topic of asked) {
      const partitions = logs.get(topic) ?? [];
      writer
        .int16(logs.has(topic) ? 0 : UNKNOWN_TOPIC)
        .text(topic)
        .int8(0)
        .int32(partitions.length);
      for (const index of partitions.keys()) writer.int16(0).int32(index).int32(1).int32(1).int32(1).int32(1).int32(1);
    }
    return writer;
  }

  function produce(request: Reader): Writer {
    request.text(); // the transaction
    if (request.int16() !== -1) throw new Error("not all replicas are waited for");
    request.int32(); // how long to wait for them
    const parts = request.array(() => {
      const topic = request.text();
      return { topic, results: request.array(() => append(topic, request.int32(), request.bytes())) };
    });
    const writer = new Writer().int32(parts.length);
    for (const { topic, results } of parts) {
      writer.text(topic).int32(results.length);
      for (const { index, error, offset } of results) writer.int32(index).int16(error).int64(offset).int64(-1);
    }
    return writer.int32(0);
  }

  function append(topic: string, index: number, batch: Buffer) {
    const log = logs.get(topic)?.[index];
    if (!log) return { index, error: UNKNOWN_TOPIC, offset: -1 };
    if (batch.length > mostBytes) return { index, error: TOO_LARGE, offset: -1 };
    const offset = log.length;
    log.push(...readRecords(batch));
    return { index, error: 0, offset };
  }

  function serve(socket: Socket): void {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    let received = Buffer.alloc(0);
    const session = login && createKafkaSession(login);
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const length = 4 + received.readInt32BE(0);
        const request = new Reader(received.subarray(4, length));
        received = received.subarray(length);
        const api = request.int16();
        const version = request.int16();
        const correlation = request.int32();
        request.text(); // who asks
        const answered = answer({ api, version, request }, session);
        if (!answered) return void socket.destroy();
        socket.write(answered.framed(correlation));
      }
    });
  }

  async function restart(): Promise<void> {
    server = createServer(serve).listen(port, "127.0.0.1");
    await once(server, "listening");
    ({ port } = server.address() as AddressInfo);
  }

  await restart();
  return {
    broker: `127.0.0.1:${port}`,
    partitions: (topic) => logs.get(topic) ?? [],
    restart,
    async crash() {
      const running = server;
      server = undefined;
      if (!running) return;
      running.close();
      for (const socket of sockets) socket.destroy();
      await once(running, "close");
    },
  };
}

/** A request, behind who asks it. */
interface Asked {
  readonly api: number;
  readonly version: number;
  readonly request: Reader;
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  #next(length: number): number {
    this.#at += length;
    return this.#at - length;
  }

  int16 = (): number => this.#bytes.readInt16BE(this.#next(2));
  int32 = (): number => this.#bytes.readInt32BE(this.#next(4));

  /** An absent text, of length -1, reads as an empty one. */
  text(): string {
    const length = Math.max(this.int16(), 0);
    const at = this.#next(length);
    return this.#bytes.toString("utf8", at, at + length);
  }

  bytes(): Buffer {
    const length = this.int32();
    const at = this.#next(length);
    return this.#bytes.subarray(at, at + length);
  }

  array<T>(read: () => T): T[] {
    return Array.from({ length: this.int32() }, read);
  }
}

class Writer {
  readonly #parts: Buffer[] = [];

  #add(length: number, write: (part: Buffer) => void): this {
    const part = Buffer.alloc(length);
    write(part);
    this.#parts.push(part);
    return this;
  }

  int8 = (value: number): this => this.#add(1, (part) => part.writeInt8(value));
  int16 = (value: number): this => this.#add(2, (part) => part.writeInt16BE(value));
  int32 = (value: number): this => this.#add(4, (part) => part.writeInt32BE(value));
  int64 = (value: number): this => this.#add(8, (part) => part.writeBigInt64BE(BigInt(value)));
  text = (value: string): this =>
    this.int16(Buffer.byteLength(value)).#add(Buffer.byteLength(value), (part) => part.write(value));

  bytes = (value: Buffer): this => this.int32(value.length).#add(value.length, (part) => value.copy(part));

  /** With its length and whom it answers in front. */
  framed(correlation: number): Buffer {
    const body = Buffer.concat(this.#parts);
    return Buffer.concat([new Writer().int32(body.length + 4).int32(correlation).#bytes(), body]);
  }

  #bytes = (): Buffer => Buffer.concat(this.#parts);
}
