import { join } from "node:path";

import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type ConnectionOptions } from "@nats-io/transport-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";

import { certificate, certificateFolder } from "../../../../../test/harness/certificates.ts";
import { noNats, startNats, type RunningNats } from "../../../../../test/harness/nats.ts";
import { cloudEvent } from "../cloud-event.ts";
import { EventRefused } from "../sink.ts";
import { sampleEvent, sinkContract } from "../sink.contract.ts";
import { serverIdentity } from "./server-identity.ts";
import { openNatsSink, type NatsSinkSettings } from "./nats-sink.ts";

const never = new AbortController().signal;
const SUBJECT = "muster.{sdkAppId}.{type}.{groupId}";

let nats: RunningNats | undefined;
let streams = 0;
beforeAll(async () => {
  if (noNats === undefined) nats = await startNats();
});
afterAll(() => nats?.stop());
beforeEach((context) => {
  if (noNats !== undefined) context.skip(noNats);
});

/** What a stream has, with its headers and subjects. */
async function messagesOf(server: string, stream: string) {
  const connection = await connect({ servers: server });
  try {
    const { state } = await (await jetstreamManager(connection)).streams.info(stream);
    if (state.messages === 0) return [];
    const consumer = await jetstream(connection).consumers.get(stream);
    const found = [];
    for await (const message of await consumer.consume()) {
      found.push({ subject: message.subject, headers: message.headers, text: message.string() });
      if (message.info.pending === 0) break;
    }
    return found;
  } finally {
    await connection.close();
  }
}

/** A stream of its own, and a sink to it. */
async function open(limits: { readonly max_msg_size?: number } = {}) {
  if (!nats) throw new Error(noNats);
  const { server } = nats;
  const stream = `stream${(streams += 1)}`;
  const connection = await connect({ servers: server });
  await (await jetstreamManager(connection)).streams.add({ name: stream, subjects: [`${stream}.>`], ...limits });
  await connection.close();
  const sink = await openNatsSink({ servers: [server], subject: `${stream}.${SUBJECT}` });
  return { nats, server, stream, sink };
}

sinkContract("a stream of NATS JetStream", async () => {
  const opened = await open();
  return {
    sink: opened.sink,
    kept: async () => (await messagesOf(opened.server, opened.stream)).map(({ text }) => text),
    crash: opened.nats.crash,
    restart: opened.nats.restart,
    close: async () => {},
  };
});

describe("a NATS sink", () => {
  it("says what it publishes, under a subject of its own, and JetStream stores it once", async () => {
    const { server, stream, sink } = await open();
    onTestFinished(() => sink.close());
    for (let i = 0; i < 2; i += 1) await sink.deliver([cloudEvent(sampleEvent(1, { groupId: "@TGS#a.b>c *" }))], never);
    const [message, ...others] = await messagesOf(server, stream);
    expect(others).toEqual([]);
    expect(message?.subject).toBe(`${stream}.muster.1400000001.Group.CallbackAfterGroupFull.%40TGS%23a%2Eb%3Ec%20%2A`);
    expect(message?.headers?.get("Content-Type")).toBe("application/cloudevents+json");
    expect(message?.headers?.get("Nats-Msg-Id")).toBe("1400000001:msg_1");
  });

  it("says that an event is refused which is too large for the stream or the server", async () => {
    const { sink } = await open({ max_msg_size: 5_000 });
    onTestFinished(() => sink.close());
    for (const length of [6_000, 1_100_000]) {
      const event = cloudEvent(sampleEvent(1, { body: Buffer.from(JSON.stringify("x".repeat(length))) }));
      await expect(sink.deliver([event], never)).rejects.toBeInstanceOf(EventRefused);
    }
    await sink.deliver([cloudEvent(sampleEvent(1))], never);
  });

  it("says that there is no stream for its subject", async () => {
    if (!nats) throw new Error(noNats);
    const sink = await openNatsSink({ servers: [nats.server], subject: "nobody.{sdkAppId}" });
    onTestFinished(() => sink.close());
    await expect(sink.deliver([cloudEvent(sampleEvent(1))], never)).rejects.toEqual(
      new Error("no stream takes its subject"),
    );
  });
});

describe("a NATS server that lets in whom it knows", () => {
  const pem = (name: string): string => join(certificateFolder, `${name}.pem`);
  const tls = ["--tls", "--tlscert", pem("server.cert"), "--tlskey", pem("server.key")];
  const ca = certificate("authority");
  type Login = Pick<NatsSinkSettings, "user" | "password" | "token" | "ca">;

  /** How it is started, who comes in, and who does not with what it is told. */
  const servers: Readonly<
    Record<string, { args: string[]; right: Login; wrong: readonly (readonly [Login, RegExp])[] }>
  > = {
    "by user and password, over TLS": {
      args: [...tls, "--user", "muster", "--pass", "of the sink"],
      right: { user: "muster", password: "of the sink", ca },
      wrong: [
        [{ user: "muster", password: "another", ca }, /authorization/i],
        [{ ca }, /authorization/i],
        [{ user: "muster", password: "of the sink", ca: certificate("stranger") }, /certificate/i],
        [{ user: "muster", password: "of the sink" }, /certificate/i],
      ],
    },
    "by a token": {
      args: ["--auth", "of the sink"],
      right: { token: "of the sink" },
      wrong: [
        [{ token: "another" }, /authorization/i],
        [{}, /authorization/i],
        // TLS that is insisted on is not done without: nothing is said to a server that has none.
        [{ token: "of the sink", ca }, /TLS|tls|secure/],
      ],
    },
  };

  it.each(Object.entries(servers))(
    "%s: takes events, and tells others why not",
    async (_name, { args, right, wrong }) => {
      const guarded = await startNats(args);
      onTestFinished(guarded.stop);
      const encryption = { ca: right.ca ?? "", checkServerIdentity: serverIdentity([guarded.server]) };
      const options: ConnectionOptions = {
        servers: guarded.server,
        ...(right.user !== undefined && { user: right.user }),
        ...(right.password !== undefined && { pass: right.password }),
        ...(right.token !== undefined && { token: right.token }),
        ...(right.ca !== undefined && { tls: encryption }),
      };
      const connection = await connect(options);
      onTestFinished(() => connection.close());
      const manager = await jetstreamManager(connection);
      await manager.streams.add({ name: "guarded", subjects: ["guarded.>"] });
      const settings = { servers: [guarded.server], subject: "guarded.{type}" };
      const event = cloudEvent(sampleEvent(1));
      for (const [login, why] of wrong) {
        const sink = await openNatsSink({ ...settings, ...login });
        await expect(sink.deliver([event], never)).rejects.toThrow(why);
        await sink.close();
      }
      const sink = await openNatsSink({ ...settings, ...right });
      onTestFinished(() => sink.close());
      await sink.deliver([event], never);
      expect((await manager.streams.info("guarded")).state.messages).toBe(1);
    },
  );
});
