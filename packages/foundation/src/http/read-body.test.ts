import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";

import { isWholeAnswer, rawConnection, type RawConnection } from "../../../../test/harness/raw-http.ts";
import { createHttp } from "./create-http.ts";
import { listen } from "./listen.ts";
import { BODY_LIMIT, createBodyReader } from "./read-body.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const MIB = 1_048_576;
const CHUNKED = "transfer-encoding: chunked";

/** Reads bodies; `read` are those that came to their end, `came` counts the bytes of all. */
async function serve(most?: number) {
  const readBody = createBodyReader(most);
  const read: Uint8Array[] = [];
  let bytes = 0;
  const http = createHttp({
    log: pino({ level: "silent" }),
    first(request, response) {
      const answer = (text: string): void => void response.writeHead(200, { "content-length": text.length }).end(text);
      request.on("data", (piece: Buffer) => (bytes += piece.byteLength));
      readBody(
        request,
        (body) => {
          read.push(body);
          answer("whole");
        },
        () => answer("too long"),
      );
      return true;
    },
  });
  onTestFinished(() => http.close());
  return { url: await listen(http, "127.0.0.1", 0), read, came: () => bytes };
}

/** Begins a request. */
async function begin(url: string, length: string): Promise<RawConnection> {
  const connection = await rawConnection(url);
  await connection.write(`POST / HTTP/1.1\r\nhost: a\r\n${length}\r\n\r\n`);
  return connection;
}

const chunk = (bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);

it.each([
  ["one piece", [70_000]],
  ["pieces that grow", [1, 2, 4, 8, 16, 32, 64, 1_000, 10_000, 100_000]],
  ["pieces of a byte", Array.from({ length: 3_000 }, () => 1)],
  ["a large one and a small one", [BODY_LIMIT - 1, 1]],
  ["nothing", []],
])("hands over the bytes as they came: %s", async (_what, lengths) => {
  const { url, read } = await serve();
  const pieces = lengths.map((length, i) => Buffer.alloc(length, i));
  const all = Buffer.concat(pieces);
  const announced = await begin(url, `content-length: ${all.byteLength}`);
  for (const piece of pieces) await announced.write(piece);
  expect(await announced.received(isWholeAnswer)).toContain("whole");
  const chunked = await begin(url, CHUNKED);
  await chunked.write(Buffer.concat([...pieces.map(chunk), Buffer.from("0\r\n\r\n")]));
  expect(await chunked.received(isWholeAnswer)).toContain("whole");
  expect(read.map((body) => all.equals(body))).toEqual([true, true]);
});

it("holds not much more than what came, however small the pieces are", async () => {
  const { url, came } = await serve();
  const connection = await begin(url, CHUNKED);
  const memory = (): number => {
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const before = memory();
  const tiny = Buffer.from("1\r\nx\r\n".repeat(0x4000));
  for (let i = 0; i < 16; i += 1) await connection.write(tiny);
  await expect.poll(came, { timeout: 15_000 }).toBe(16 * 0x4000);
  expect((memory() - before) / MIB).toBeLessThan(6);
});

it("breaks off what was begun first where it holds too much, and reads the others", async () => {
  const { url, read, came } = await serve(4 * MIB);
  const most = Buffer.alloc(BODY_LIMIT - 1, "x");
  const connections: RawConnection[] = [];
  for (let i = 1; i <= 5; i += 1) {
    const connection = await begin(url, `content-length: ${BODY_LIMIT}`);
    await connection.write(most);
    connections.push(connection);
    await expect.poll(came, { timeout: 15_000 }).toBe(i * most.byteLength);
  }
  const [first, ...others] = connections;
  expect(await first?.closed()).toBe("");
  for (const connection of others) {
    await connection.write("x");
    expect(await connection.received(isWholeAnswer)).toContain("whole");
  }
  expect(read.map(({ byteLength }) => byteLength)).toEqual([1, 2, 3, 4].map(() => BODY_LIMIT));
});

it("forgets what was broken off by its sender", async () => {
  const { url, read } = await serve(2 * MIB);
  for (let i = 0; i < 4; i += 1) {
    const gone = await begin(url, "content-length: 1000000");
    await gone.write(Buffer.alloc(600_000));
    gone.socket.destroy();
    await gone.closed();
  }
  const connection = await begin(url, "content-length: 1000000");
  await connection.write(Buffer.alloc(600_000));
  await connection.write(Buffer.alloc(400_000));
  expect(await connection.received(isWholeAnswer)).toContain("whole");
  expect(read).toHaveLength(1);
});
