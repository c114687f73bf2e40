import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { describe, expect, it, onTestFinished } from "vitest";

import { accepted, refused, tooLarge, type Answer } from "../answer.ts";
import { createMemoryInbox } from "../inbox/memory-inbox.ts";
import { createReceiver } from "../create-receiver.ts";
import { checkBackend, type CheckBackendOptions } from "./check-backend.ts";
import type { Verdict } from "./verdict.ts";

const sdkAppId = 1400000001;
const token = "xxxxyyyy";

/** A request as a backend sees it, with what a right backend would answer. */
interface Seen {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly body: Buffer;
  readonly right: Answer;
}

type Backend = (seen: Seen) => Answer | undefined | Promise<Answer | undefined>;

/** A backend that does right but for what `wrong` answers instead. */
async function start(wrong: Backend = ({ right }) => right) {
  const inbox = createMemoryInbox();
  const receiver = createReceiver({ apps: [{ sdkAppId, tokens: [token] }], inbox });
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      void (async () => {
        const body = Buffer.concat(chunks);
        const { method = "", url = "", headers } = request;
        const right = await receiver.handle({ method, url, headers, body });
        const query = new URL(url, "http://backend").searchParams;
        const answer = await wrong({ request, response, query, body, right });
        if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
      })();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`, inbox };
}

async function check(url: string, more: Partial<CheckBackendOptions> = {}): Promise<Verdict[]> {
  // A machine that is busy must not make a backend slow, but where a test says so.
  return await checkBackend({ url, sdkAppId, token, deadlineMs: 8_000, ...more });
}

const names = (verdicts: readonly Verdict[], verdict: Verdict["verdict"]): string[] =>
  verdicts.filter((one) => one.verdict === verdict).map(({ check: name }) => name);

const command = ({ query }: Seen): string | null => query.get("CallbackCommand");
const ok = accepted();

describe("a right backend", () => {
  it("passes every check, and keeps nothing but what it cannot read", async () => {
    const { url, inbox } = await start();
    const verdicts = await check(url);
    expect(verdicts.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
    expect(verdicts).toHaveLength(20);
    expect(inbox.kept().map(({ callback }) => callback.fault)).toEqual([
      expect.stringContaining("not JSON"),
      expect.stringContaining("nests deeper"),
    ]);
  });

  it("has its signature left unchecked where no token is given, with the reason", async () => {
    const receiver = createReceiver({ apps: [{ sdkAppId }], inbox: createMemoryInbox() });
    const { url } = await start(({ request: { method = "", url: path = "", headers }, body }) =>
      receiver.handle({ method, url: path, headers, body }),
    );
    const verdicts = await check(url, { token: undefined });
    expect(names(verdicts, "failed")).toEqual([]);
    expect(names(verdicts, "skipped")).toEqual(["sign-missing", "sign-wrong", "sign-stale"]);
    expect(verdicts.find(({ verdict }) => verdict === "skipped")?.reason).toContain("No token was given");
  });
});

describe("a backend that is wrong in one way is told so, and nothing else", () => {
  /** What can tell two calls of a check apart from one. */
  const seenIds = (): ((seen: Seen) => boolean) => {
    const ids = new Set<unknown>();
    return ({ request }) => {
      const id = request.headers["webhook-id"];
      const known = ids.has(id);
      ids.add(id);
      return known && id !== undefined;
    };
  };
  const seenBodies = (): ((seen: Seen) => boolean) => {
    const bodies = new Set<string>();
    return ({ request, body }) => {
      const text = body.toString();
      const known = bodies.has(text) && request.headers["webhook-id"] === undefined;
      bodies.add(text);
      return known;
    };
  };
  const crowd = (): Backend => {
    let inside = 0;
    return async ({ right }) => {
      inside += 1;
      const crowded = inside > 8;
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside -= 1;
      return crowded ? refused(503, "Too many at once.") : right;
    };
  };
  const known = seenIds();
  const knownBody = seenBodies();
  const cases: [what: string, check: string, backend: Backend][] = [
    [
      "fails what asks",
      "right-call-before",
      (seen) => (command(seen)?.includes("Before") ? refused(404, "?") : seen.right),
    ],
    [
      "answers with a text",
      "answer-form",
      ({ right }) => (right.status === 200 ? { ...right, body: "success" } : right),
    ],
    [
      "leaves fields out",
      "answer-form",
      ({ right }) => (right.status === 200 ? { ...right, body: '{"ErrorCode":0}' } : right),
    ],
    [
      "takes every app's",
      "foreign-app",
      ({ query, right }) => (query.get("SdkAppid") === String(sdkAppId) ? right : ok),
    ],
    ["takes what is not signed", "sign-missing", ({ query, right }) => (query.has("Sign") ? right : ok)],
    ["takes any Sign", "sign-wrong", ({ query, right }) => (query.get("Sign")?.startsWith("000") ? ok : right)],
    [
      "takes any time",
      "sign-stale",
      ({ query, right }) =>
        Number(query.get("RequestTime")) < Date.now() / 1000 - 1_000 && query.has("Sign") ? ok : right,
    ],
    ["refuses what it knows by its id", "duplicate", (seen) => (known(seen) ? refused(409, "Known.") : seen.right)],
    [
      "refuses what it knows by its body",
      "duplicate-bare",
      (seen) => (knownBody(seen) ? refused(409, "Known.") : seen.right),
    ],
    [
      "refuses commands that it does not know",
      "unknown-command",
      (seen) => (command(seen)?.endsWith("Check") ? refused(400, "?") : seen.right),
    ],
    ["cannot take many at once", "many-at-once", crowd()],
    ["stops reading at 100 kB", "large-group", ({ body, right }) => (body.length > 102_400 ? tooLarge() : right)],
    [
      "refuses what is not JSON",
      "broken-json",
      ({ body, right }) => (body.at(-1) === 0x2c ? refused(400, "No JSON.") : right),
    ],
    ["fails on deep JSON", "deep-json", ({ body, right }) => (body.includes("[[[[[[") ? refused(500, "Deep.") : right)],
  ];
  it.each(cases)("%s: %s", async (_what, name, backend) => {
    const { url } = await start(backend);
    const verdicts = await check(url);
    expect(names(verdicts, "failed")).toEqual([name]);
    expect(verdicts.find(({ check: one }) => one === name)).toMatchObject({
      reason: expect.stringMatching(/^[A-Z0-9].{10,}\.$/),
      remedy: expect.stringMatching(/^[A-Z].{20,}\.$/),
    });
  });

  const doubtful: [what: string, check: string, backend: Backend][] = [
    ["takes a body of another command", "two-commands", ({ right }) => (right.status === 400 ? ok : right)],
    ["reads without end", "oversized", ({ right }) => (right.status === 413 ? ok : right)],
    ["refuses without a word", "refusal-form", ({ right }) => (right.status === 200 ? right : { ...right, body: "" })],
    ["closes its connections", "keep-alive", ({ right }) => ({ ...right, headers: { connection: "close" } })],
    [
      "refuses in the body alone",
      "foreign-app",
      ({ right }) => (right.status === 403 ? { ...right, status: 200 } : right),
    ],
    ["refuses by failing", "foreign-app", ({ right }) => (right.status === 403 ? { ...right, status: 500 } : right)],
    [
      "says FAIL to what only tells",
      "answer-form",
      ({ right }) => (right.status === 200 ? { ...right, body: refused(1, "I disagree.").body } : right),
    ],
  ];
  it.each(doubtful)("with a warning where it %s: %s", async (_what, name, backend) => {
    const { url } = await start(backend);
    const verdicts = await check(url);
    expect(names(verdicts, "failed")).toEqual([]);
    expect(names(verdicts, "warning")).toEqual([name]);
  });
});

describe("a backend's time", () => {
  const late =
    (ms: number): Backend =>
    async (seen) => {
      if (command(seen)?.includes("Before")) await new Promise((resolve) => setTimeout(resolve, ms));
      return seen.right;
    };

  it("is measured: an answer behind the deadline is too late", async () => {
    const { url } = await start(late(2_100));
    const verdicts = await check(url, { deadlineMs: 2_000 });
    expect(names(verdicts, "failed")).toEqual(["answer-time"]);
    expect(verdicts.find(({ verdict }) => verdict === "failed")?.reason).toMatch(/took \d{4,} ms; .* 2000 ms\.$/);
  });

  it("gets a warning from half of the deadline on", async () => {
    const { url } = await start(late(1_500));
    const verdicts = await check(url, { deadlineMs: 2_900 });
    expect([names(verdicts, "failed"), names(verdicts, "warning")]).toEqual([[], ["answer-time"]]);
  });
});

describe("what cannot be checked", () => {
  it("is all the rest, where a right callback is not taken", async () => {
    const { url } = await start();
    const verdicts = await check(url, { token: "another" });
    expect(names(verdicts, "failed")).toEqual(["right-call-after"]);
    expect(names(verdicts, "skipped")).toHaveLength(19);
    expect(verdicts[0]).toMatchObject({
      reason: expect.stringContaining("Answered 401"),
      remedy: expect.stringContaining("token"),
    });
  });

  it("is all the rest, where nobody listens", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const verdicts = await check(`http://127.0.0.1:${port}/callback`);
    expect(verdicts[0]).toMatchObject({ verdict: "failed", reason: "Nothing can be reached at the URL." });
    expect(names(verdicts, "skipped")).toHaveLength(19);
  });

  it("is all the rest, where nothing is answered", async () => {
    const { url } = await start(() => undefined);
    const verdicts = await check(url, { deadlineMs: 100 });
    expect(verdicts[0]).toMatchObject({ verdict: "failed", reason: "No answer came." });
  });

  it("is what follows the request that a backend died of, which is named", async () => {
    let dead = false;
    const { url } = await start(({ request, body, right }) => {
      dead ||= body.at(-1) === 0x2c;
      if (!dead) return right;
      request.socket.destroy();
      return undefined;
    });
    const verdicts = await check(url);
    expect(names(verdicts, "failed")).toEqual(["broken-json"]);
    expect(verdicts.at(-1)).toMatchObject({
      verdict: "skipped",
      reason: 'Nothing answers any more since the check "takes a body that is not JSON".',
    });
  });

  it("is told as it is found", async () => {
    const told: Verdict[] = [];
    const verdicts = await check("http://127.0.0.1:1/callback", { onVerdict: (verdict) => told.push(verdict) });
    expect(told).toEqual(verdicts);
  });

  it("is a URL that is none", async () => {
    await expect(check("backend")).rejects.toThrow(TypeError);
  });
});
