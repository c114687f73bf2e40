import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { AnswerTooLargeError, BadAnswerError, createAnswerReader, type WholeAnswer } from "./answer-reader.ts";

const HEAD = "HTTP/1.1 200 OK\r\n";

/** The answers that bytes make, which come in parts that end at these places; then nothing more comes. */
function answers(text: string, cuts: readonly number[] = [], reader = createAnswerReader()): WholeAnswer[] {
  const bytes = Buffer.from(text, "latin1");
  const ends = [...cuts.map((cut) => cut % bytes.length).toSorted((a, b) => a - b), bytes.length];
  const read = ends.map((end, i) => reader.read(bytes.subarray(i === 0 ? 0 : ends[i - 1], end)));
  return [...read, reader.end()].filter((answer) => answer !== undefined);
}

const told = (...coming: Parameters<typeof answers>): unknown[] =>
  answers(...coming).map(({ body, ...rest }) => ({ ...rest, body: body.toString("latin1") }));

const plain = { status: 200, retryAfter: undefined, keptFor: undefined, leavesOpen: true, body: "{}" };

const whole: readonly [what: string, text: string, answer: object][] = [
  ["its length", `${HEAD}content-length: 2\r\n\r\n{}`, plain],
  ["its length, with blanks around", `${HEAD}Content-Length: \t2 \r\n\r\n{}`, plain],
  ["no body", `${HEAD}content-length: 0\r\n\r\n`, { ...plain, body: "" }],
  ["a status without a body", "HTTP/1.1 204 No Content\r\n\r\n", { ...plain, status: 204, body: "" }],
  ["a status without words", "HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\n{}", plain],
  ["a status and nothing behind it", "HTTP/1.1 200\r\ncontent-length: 2\r\n\r\n{}", plain],
  ["chunks", `${HEAD}Transfer-Encoding: Chunked\r\n\r\n1\r\n{\r\n1;a=b\r\n}\r\n0\r\n\r\n`, plain],
  ["chunks and trailers", `${HEAD}transfer-encoding: chunked\r\n\r\n02\r\n{}\r\n0\r\nx: y\r\nz:\r\n\r\n`, plain],
  ["the end of the connection", `${HEAD}\r\n{}`, { ...plain, leavesOpen: false }],
  ["HTTP/1.0", "HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}", { ...plain, leavesOpen: false }],
  ["a farewell", `${HEAD}connection: Foo, Close\r\ncontent-length: 2\r\n\r\n{}`, { ...plain, leavesOpen: false }],
  ["how long it stays", `${HEAD}keep-alive: max=3, timeout=5\r\ncontent-length: 2\r\n\r\n{}`, { ...plain, keptFor: 5 }],
  ["a wish", `${HEAD}retry-after:  120 \r\ncontent-length: 2\r\n\r\n{}`, { ...plain, retryAfter: "120" }],
  [
    "informational ones before it",
    `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n${HEAD}content-length: 2\r\n\r\n{}`,
    plain,
  ],
  ["fields of any byte that may stand there", `${HEAD}x: \x80\xff\t"\r\ncontent-length: 2\r\n\r\n{}`, plain],
];

describe("an answer", () => {
  it.each(whole)("is read with %s", (_what, text, answer) => {
    expect(told(text)).toEqual([answer]);
  });

  it("is the same in whatever parts it comes, and so are those after it", () => {
    const several = fc.array(
      fc.constantFrom(...whole.filter(([, , answer]) => !("leavesOpen" in answer) || answer.leavesOpen)),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(several, fc.constantFrom(...whole), fc.array(fc.nat(), { maxLength: 12 }), (first, last, cuts) => {
        const reader = createAnswerReader();
        for (const [, text, answer] of [...first, last]) expect(told(text, cuts, reader)).toEqual([answer]);
      }),
    );
  });

  it("that has more behind it leaves nothing open", () => {
    expect(told(`${HEAD}content-length: 2\r\n\r\n{}x`)).toEqual([{ ...plain, leavesOpen: false }]);
    expect(told(`${HEAD}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n\r\n`)).toEqual([
      { ...plain, leavesOpen: false },
    ]);
  });

  it("is not there before it is whole", () => {
    const reader = createAnswerReader();
    expect([reader.read(Buffer.from(`${HEAD}content-length: 2\r\n`)), reader.begun()]).toEqual([undefined, undefined]);
    expect([reader.read(Buffer.from("\r\n{")), reader.begun()?.body.toString()]).toEqual([undefined, "{"]);
    expect(reader.end()).toBeUndefined();
    expect(reader.read(Buffer.from("}"))).toMatchObject({ status: 200 });
    expect(reader.begun()).toBeUndefined();
  });
});

describe("what is no answer", () => {
  it.each<[string, string]>([
    ["another protocol", "SSH-2.0-OpenSSH_9.9\r\n"],
    ["an empty line first", `\r\n${HEAD}content-length: 2\r\n\r\n{}`],
    ["another version", "HTTP/1.2 200 OK\r\n\r\n"],
    ["HTTP/2", "HTTP/2.0 200 OK\r\n\r\n"],
    ["no status", "HTTP/1.1 OK\r\n\r\n"],
    ["a status of four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
    ["a status below 100", "HTTP/1.1 099 OK\r\n\r\n"],
    ["a field without a name", `${HEAD}: x\r\n\r\n`],
    ["a field without a colon", `${HEAD}x\r\n\r\n`],
    ["a blank before the colon", `${HEAD}content-length : 2\r\n\r\n{}`],
    ["a field that goes on in the next line", `${HEAD}x: a\r\n b\r\n\r\n`],
    ["a bare CR", `${HEAD}x: a\rb\r\n\r\n`],
    ["a bare LF", `${HEAD}x: a\nb: c\r\n\r\n`],
    ["NUL", `${HEAD}x: \0\r\n\r\n`],
    ["two lengths, though alike", `${HEAD}content-length: 2\r\ncontent-length: 2\r\n\r\n{}`],
    ["a list of lengths", `${HEAD}content-length: 2, 2\r\n\r\n{}`],
    ["a length with a sign", `${HEAD}content-length: +2\r\n\r\n{}`],
    ["a length in hexadecimal", `${HEAD}content-length: 0x2\r\n\r\n{}`],
    ["no length where one is named", `${HEAD}content-length:\r\n\r\n{}`],
    ["a length and chunks", `${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ["another encoding", `${HEAD}transfer-encoding: gzip, chunked\r\n\r\n`],
    ["an encoding twice", `${HEAD}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["a chunk without a size", `${HEAD}transfer-encoding: chunked\r\n\r\n\r\n{}\r\n`],
    ["a chunk of a size with a sign", `${HEAD}transfer-encoding: chunked\r\n\r\n-2\r\n{}\r\n`],
    ["a chunk that is longer than it says", `${HEAD}transfer-encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n`],
    ["a trailer that is no field", `${HEAD}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nx\r\n\r\n`],
    ["another protocol from here on", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"],
  ])("is not made one of: %s", (_what, text) => {
    expect(() => answers(text)).toThrow(BadAnswerError);
  });

  it.each<[string, string]>([
    ["a head without end", `${HEAD}${"x: y\r\n".repeat(3_000)}`],
    ["a head that ends too late", `${HEAD}${"x: y\r\n".repeat(3_000)}\r\n`],
    ["too many informational answers", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(33)],
    ["too long a body", `${HEAD}content-length: 100000\r\n\r\n${"x".repeat(65_537)}`],
    ["too long a body up to the end", `${HEAD}\r\n${"x".repeat(65_537)}`],
    ["too many chunks", `${HEAD}transfer-encoding: chunked\r\n\r\n${"1\r\nx\r\n".repeat(65_537)}`],
    ["a chunk's extension without end", `${HEAD}transfer-encoding: chunked\r\n\r\n2;${"x".repeat(16_400)}`],
    ["trailers without end", `${HEAD}transfer-encoding: chunked\r\n\r\n0\r\n${"x: y\r\n".repeat(3_000)}`],
  ])("is cut off: %s", (_what, text) => {
    expect(() => answers(text)).toThrow(AnswerTooLargeError);
  });

  it("is found out in a time that grows with its length alone", () => {
    const nasty = [`${HEAD}x:${" \t".repeat(8_000)}\0\r\n\r\n`, `${HEAD}${"a".repeat(16_000)}\r\n\r\n`];
    const before = process.cpuUsage();
    for (const text of nasty) for (let i = 0; i < 20; i += 1) expect(() => answers(text)).toThrow(BadAnswerError);
    expect(process.cpuUsage(before).user / 1_000, "ms of processor time").toBeLessThan(1_000);
  });
});
