import { readdirSync, readFileSync } from "node:fs";

import { callbackSign } from "@muster/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { MAX_BODY_BYTES } from "./answer.ts";
import { createMemoryInbox } from "./inbox/memory-inbox.ts";
import { createReceiver } from "./create-receiver.ts";
import type { CallbackHeaders, CallbackRequest } from "./request.ts";

const NOW = 1_700_000_000_000;
const REQUEST_TIME = String(NOW / 1000);
const SIGNED_APP = 1400000001;
const OPEN_APP = 1400000002;
const TOKEN = "xxxxyyyy";
const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';
const DESTROYED = "Group.CallbackAfterGroupDestroyed";

const sign = await callbackSign(TOKEN, REQUEST_TIME);
const utf8 = new TextEncoder();

const destroyed = {
  CallbackCommand: DESTROYED,
  GroupId: "@TGS#2J4SZEAEL",
  Type: "Public",
  Owner_Account: "leckie",
  EventTime: "1670574414123",
};

function setUp() {
  const inbox = createMemoryInbox();
  const apps = [{ sdkAppId: SIGNED_APP, tokens: ["older", TOKEN] }, { sdkAppId: OPEN_APP }];
  // One that does nothing but keep: those that work are create-receiver.test.ts's.
  const receiver = createReceiver({ apps, inbox: { keep: inbox.keep }, now: () => NOW });
  return { receiver, kept: () => inbox.kept().map(({ callback }) => callback), inbox };
}

interface Parts {
  readonly method?: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: CallbackHeaders;
  readonly body?: unknown;
}

/** A request that is all right, but for what `parts` says; an undefined parameter is left out. */
function request({ method = "POST", query = {}, headers = {}, body = destroyed }: Parts = {}): CallbackRequest {
  const parameters = {
    SdkAppid: String(SIGNED_APP),
    CallbackCommand: DESTROYED,
    contenttype: "json",
    ClientIP: "127.0.0.1",
    OptPlatform: "RESTAPI",
    Sign: sign,
    RequestTime: REQUEST_TIME,
    ...query,
  };
  const text = Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join("&");
  const bytes = body instanceof Uint8Array ? body : utf8.encode(typeof body === "string" ? body : JSON.stringify(body));
  return { method, url: `/callback?${text}`, headers, body: bytes };
}

const toOpenApp = (command: string = DESTROYED) => ({
  SdkAppid: String(OPEN_APP),
  CallbackCommand: command,
  Sign: undefined,
  RequestTime: undefined,
});

const failure = z.strictObject({
  ActionStatus: z.literal("FAIL"),
  ErrorInfo: z.string().check(z.minLength(10)),
  ErrorCode: z.int().check(z.minimum(400)),
});

describe("the order of the checks", () => {
  const checks = ["method", "size", "app", "sign", "command", "json", "schema"] as const;
  const refusal = (status: number) => ({
    status,
    body: { ActionStatus: "FAIL", ErrorInfo: expect.stringMatching(/^[A-Z].{10,}\.$/), ErrorCode: status },
    kept: [],
  });
  const taken = (fault: unknown) => ({ status: 200, body: JSON.parse(OK) as unknown, kept: [fault] });
  const outcomes = {
    method: refusal(405),
    size: refusal(413),
    app: refusal(403),
    sign: refusal(401),
    command: refusal(400),
    json: taken(expect.stringMatching(/not JSON/)),
    schema: taken(expect.stringMatching(/GroupId must be a string/)),
    none: taken(undefined),
  };
  const subsets = Array.from({ length: 2 ** checks.length }, (_, bits) =>
    checks.filter((_check, i) => (bits & (1 << i)) !== 0),
  );

  it.each(subsets)("the first that fails of %s %s %s %s %s %s %s answers", async (...failing) => {
    const fails = (check: (typeof checks)[number]) => failing.includes(check);
    const { receiver, kept } = setUp();
    const text = JSON.stringify(fails("schema") ? { ...destroyed, GroupId: 7 } : destroyed);
    const answer = await receiver.handle(
      request({
        method: fails("method") ? "PUT" : "POST",
        query: {
          ...(fails("app") && { SdkAppid: "1400000003" }),
          ...(fails("sign") && { Sign: "0".repeat(64) }),
          ...(fails("command") && { CallbackCommand: undefined }),
        },
        body: text + (fails("size") ? " ".repeat(MAX_BODY_BYTES) : "") + (fails("json") ? "{" : ""),
      }),
    );
    expect(answer.headers["content-type"]).toBe("application/json");
    const expected = outcomes[checks.find(fails) ?? "none"];
    expect({ status: answer.status, body: JSON.parse(answer.body), kept: kept().map(({ fault }) => fault) }).toEqual(
      expected,
    );
  });

  it("the commands are compared before the schema is asked", async () => {
    const { receiver, kept } = setUp();
    const query = { CallbackCommand: "Group.CallbackAfterTopicDestroyed" };
    expect((await receiver.handle(request({ query, body: { ...destroyed, GroupId: 7 } }))).status).toBe(400);
    expect(kept()).toEqual([]);
  });
});

async function signedAt(seconds: number) {
  const RequestTime = String(NOW / 1000 + seconds);
  return { Sign: await callbackSign(TOKEN, RequestTime), RequestTime };
}

const notSigned: [string, NonNullable<Parts["query"]>][] = [
  ["without Sign", { Sign: undefined }],
  ["without RequestTime", { RequestTime: undefined }],
  ["forged", { Sign: "0".repeat(64) }],
  ["signed by the token of another", { Sign: await callbackSign("another", REQUEST_TIME) }],
  ["with a part of the sign", { Sign: sign.slice(0, 63) }],
  ["with a time that is no number", { Sign: await callbackSign(TOKEN, "now"), RequestTime: "now" }],
  [
    "with more behind the time than digits",
    { Sign: await callbackSign(TOKEN, `${REQUEST_TIME}\u0080`), RequestTime: `${REQUEST_TIME}\u0080` },
  ],
  ["signed 61 s ago", await signedAt(-61)],
  ["signed 61 s from now", await signedAt(61)],
];

describe("a request that is refused", () => {
  async function answerTo(parts: Parts) {
    const { receiver, kept } = setUp();
    const answer = await receiver.handle(request(parts));
    expect(kept()).toEqual([]);
    return answer;
  }

  it.each(["GET", "HEAD", "PUT", "post", "OPTIONS", ""])("by method %j is told which one to use", async (method) => {
    const answer = await answerTo({ method });
    expect(answer).toMatchObject({ status: 405, headers: { allow: "POST" } });
  });

  it("by size is so from one byte above 1 MiB", async () => {
    const padded = (length: number) => JSON.stringify(destroyed).padEnd(length, " ");
    expect((await answerTo({ body: padded(1_048_577) })).status).toBe(413);
    expect((await setUp().receiver.handle(request({ body: padded(1_048_576) }))).status).toBe(200);
  });

  it.each([undefined, "", "0", "1400000003", "01400000001", "1400000001 ", "+1400000001", "1.400000001e9", "１４０"])(
    "by SdkAppid %j is so with 403",
    async (SdkAppid) => {
      expect((await answerTo({ query: { SdkAppid } })).status).toBe(403);
    },
  );

  it("is one that names two apps, whichever comes first", async () => {
    const { receiver } = setUp();
    const { url, ...rest } = request({ query: toOpenApp() });
    for (const both of [`${url}&SdkAppid=${SIGNED_APP}`, url.replace("?", `?SdkAppid=${SIGNED_APP}&`)]) {
      expect((await receiver.handle({ ...rest, url: both })).status).toBe(403);
    }
  });

  it.each(notSigned)("is one %s, with 401", async (_name, query) => {
    const answer = await answerTo({ query });
    expect(answer.status).toBe(401);
    for (const secret of [sign, TOKEN, "older"]) expect(answer.body).not.toContain(secret);
  });

  it.each([-60, 0, 60])("is none that was signed %i s from now", async (seconds) => {
    expect((await setUp().receiver.handle(request({ query: await signedAt(seconds) }))).status).toBe(200);
  });

  it("is none that was signed by the older of two tokens", async () => {
    const query = { Sign: await callbackSign("older", REQUEST_TIME) };
    expect((await setUp().receiver.handle(request({ query }))).status).toBe(200);
  });

  it("is one for an app with a token, though it asks for another's open door in the body", async () => {
    const body = { ...destroyed, SdkAppid: OPEN_APP };
    expect((await answerTo({ query: { Sign: undefined }, body })).status).toBe(401);
  });

  it.each([
    ["has none in the query", { query: { CallbackCommand: undefined } }],
    ["has none in the query and no JSON in the body", { query: { CallbackCommand: undefined }, body: "{" }],
    ["has another in the query", { query: { CallbackCommand: "Group.CallbackAfterTopicDestroyed" } }],
    ["has it in other letters in the query", { query: { CallbackCommand: DESTROYED.toLowerCase() } }],
    ["has none in the body", { body: { ...destroyed, CallbackCommand: undefined } }],
    ["has a list in the body", { body: { ...destroyed, CallbackCommand: [DESTROYED] } }],
    ["has it in the body's prototype alone", { body: `{"__proto__":{"CallbackCommand":"${DESTROYED}"}}` }],
  ])("is one whose command %s, with 400", async (_name, parts) => {
    expect((await answerTo(parts)).status).toBe(400);
  });

  it("is every one while the inbox fails, with 503 and when to come again", async () => {
    for (const keep of [
      () => Promise.reject(new Error("the disk is full of secrets")),
      () => {
        throw new Error("the disk is full of secrets");
      },
    ]) {
      const receiver = createReceiver({ apps: [{ sdkAppId: OPEN_APP }], inbox: { keep } });
      const answer = await receiver.handle(request({ query: toOpenApp() }));
      expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "1" } });
      expect(z.parse(failure, JSON.parse(answer.body)).ErrorCode).toBe(503);
      expect(answer.body).not.toContain("secrets");
    }
  });
});

describe("a callback that is taken", () => {
  it("is kept as it came, without what proves its sender", async () => {
    const { receiver, kept } = setUp();
    const headers = { "webhook-id": "msg_1", "muster-sequence": "7", "muster-attempt": "2" };
    const given = request({ headers });
    expect(await receiver.handle(given)).toEqual({
      status: 200,
      headers: { "content-type": "application/json" },
      body: OK,
    });
    expect(kept()).toEqual([
      {
        dedupeKey: "id:1400000001:msg_1",
        sdkAppId: SIGNED_APP,
        command: DESTROYED,
        groupId: "@TGS#2J4SZEAEL",
        id: "msg_1",
        sequence: 7,
        attempt: 2,
        replay: false,
        eventTime: 1670574414123,
        clientIp: "127.0.0.1",
        platform: "RESTAPI",
        receivedAt: NOW,
        query: `SdkAppid=1400000001&CallbackCommand=${DESTROYED}&contenttype=json&ClientIP=127.0.0.1&OptPlatform=RESTAPI`,
        body: given.body,
        fault: undefined,
      },
    ]);
  });

  it("is answered only once the inbox has it", async () => {
    const { promise, resolve } = Promise.withResolvers<"new">();
    const receiver = createReceiver({ apps: [{ sdkAppId: OPEN_APP }], inbox: { keep: () => promise } });
    const steps: string[] = [];
    const answered = receiver.handle(request({ query: toOpenApp() })).then(() => steps.push("answered"));
    // The digest runs outside this thread: long enough for an answer that does not wait for the inbox.
    await callbackSign("a", "1");
    await new Promise((settled) => setImmediate(settled));
    steps.push("kept");
    resolve("new");
    await answered;
    expect(steps).toEqual(["kept", "answered"]);
  });

  it("may come with a whole URL, with a fragment and with Fetch's headers", async () => {
    const { receiver, kept } = setUp();
    const { url, ...rest } = request();
    const headers = new Headers({ "Webhook-Id": "msg_1", "Muster-Sequence": "3" });
    await receiver.handle({ ...rest, url: `https://app.example.com${url}#here`, headers });
    expect(kept()).toMatchObject([{ id: "msg_1", sequence: 3, attempt: undefined, platform: "RESTAPI" }]);
  });

  it("needs no signature where the app has no token, and one that came along is not looked at", async () => {
    const { receiver, kept } = setUp();
    expect((await receiver.handle(request({ query: toOpenApp() }))).body).toBe(OK);
    expect((await receiver.handle(request({ query: { SdkAppid: String(OPEN_APP), Sign: "x" } }))).body).toBe(OK);
    expect(kept()[0]?.query).not.toContain("Sign");
  });

  it("has its proof left out of the query however it is spelt", async () => {
    const { receiver, kept } = setUp();
    const { url, ...rest } = request();
    await receiver.handle({ ...rest, url: url.replace("Sign=", "Sig%6E=").replace("RequestTime", "Request%54ime") });
    expect(kept()[0]?.query).toMatch(/OptPlatform=RESTAPI$/);
  });

  it.each([
    ["webhook-id", "a".repeat(257), { id: undefined }],
    ["webhook-id", "a".repeat(256), { id: "a".repeat(256) }],
    ["webhook-id", "", { id: undefined }],
    ["webhook-id", "a\u0000b", { id: undefined }],
    ["webhook-id", "é", { id: undefined }],
    ["webhook-id", ["a"], { id: "a" }],
    ["webhook-id", ["a", "b"], { id: undefined }],
    ["muster-sequence", "0", { sequence: undefined }],
    ["muster-sequence", "-1", { sequence: undefined }],
    ["muster-sequence", "1e3", { sequence: undefined }],
    ["muster-sequence", "999999999999999", { sequence: 999_999_999_999_999 }],
    ["muster-sequence", "9999999999999999", { sequence: undefined }],
    ["muster-attempt", "12", { attempt: 12 }],
    ["muster-attempt", "x", { attempt: undefined }],
    ["muster-replay", "1", { replay: true }],
    ["muster-replay", "0", { replay: false }],
    ["muster-replay", "true", { replay: false }],
    ["constructor", "x", { id: undefined, sequence: undefined, attempt: undefined }],
  ])("with the header %s: %j", async (name, value, expected) => {
    const { receiver, kept } = setUp();
    await receiver.handle(request({ headers: { [name]: value } }));
    expect(kept()).toMatchObject([expected]);
  });

  it("has no time that it does not name itself", async () => {
    const { receiver, kept } = setUp();
    const { EventTime: _none, ...fields } = destroyed;
    await receiver.handle(request({ body: JSON.stringify(fields).replace("{", '{"__proto__":{"EventTime":5},') }));
    expect(kept()).toMatchObject([{ eventTime: undefined, fault: undefined }]);
  });

  it("is allowed where it asks, and kept where the inbox does nothing but keep", async () => {
    const command = "Group.CallbackBeforeCreateGroup";
    const body = { CallbackCommand: command, Operator_Account: "leckie", Owner_Account: "", Type: "Work", Name: "A" };
    const { receiver, inbox, kept } = setUp();
    const working = createReceiver({ apps: [{ sdkAppId: SIGNED_APP, tokens: [TOKEN] }], inbox, now: () => NOW });
    const asking = request({ query: { CallbackCommand: command }, body });
    expect((await working.handle(asking)).body).toBe(OK);
    expect(kept()).toEqual([]);
    expect((await receiver.handle(asking)).body).toBe(OK);
    expect(kept()).toMatchObject([{ command, groupId: undefined, fault: undefined }]);
  });
});

describe("a callback that comes twice", () => {
  async function keptOf(...requests: CallbackRequest[]) {
    const { receiver, inbox } = setUp();
    for (const each of requests) expect((await receiver.handle(each)).body).toBe(OK);
    return inbox.kept().map(({ arrivals }) => arrivals);
  }
  const withId = (id: string, parts: Parts = {}) => request({ ...parts, headers: { "webhook-id": id } });

  it("is known by its id", async () => {
    expect(await keptOf(withId("a"), withId("a"), withId("b"))).toEqual([2, 1]);
    expect(await keptOf(withId("a"), withId("a", { query: toOpenApp() }))).toEqual([1, 1]);
  });

  it("is known by its content where it has no id, whatever its spelling", async () => {
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(destroyed).toReversed()), null, 2);
    expect(await keptOf(request(), request({ body: reordered, query: await signedAt(5) }))).toEqual([2]);
  });

  it("is another where app, command or content differ", async () => {
    const later = { ...destroyed, EventTime: "1670574414124" };
    expect(await keptOf(request(), request({ query: toOpenApp() }), request({ body: later }))).toEqual([1, 1, 1]);
    const broken = (command: string) => request({ body: "{", query: { CallbackCommand: command } });
    expect(await keptOf(broken("a"), broken("b"))).toEqual([1, 1]);
    expect(await keptOf(broken('a"]\n'), broken("a"), request({ body: "[", query: { CallbackCommand: "a" } }))).toEqual(
      [1, 1, 1],
    );
  });

  it("is another where the command ends what the content begins with", async () => {
    const cut = (command: string, body: string) => request({ body, query: { CallbackCommand: command } });
    expect(await keptOf(cut("a", "b{"), cut("ab", "{"))).toEqual([1, 1]);
  });

  it("is another where lists have another order", async () => {
    const members = (...names: string[]) => names.map((name) => ({ Member_Account: name }));
    const one = request({ body: { ...destroyed, MemberList: members("leckie", "bob") } });
    const two = request({ body: { ...destroyed, MemberList: members("bob", "leckie") } });
    expect(await keptOf(one, two)).toEqual([1, 1]);
  });

  it("is another where texts differ in what UTF-8 cannot say", async () => {
    const named = (escape: string) => request({ body: JSON.stringify(destroyed).replace("leckie", escape) });
    expect(await keptOf(named("\\ud800"), named("\\ud801"), named("\\ufffd"))).toEqual([1, 1, 1]);
  });

  it("is another where fields differ that objects usually inherit", async () => {
    const withProto = (value: string) =>
      request({ body: JSON.stringify(destroyed).replace("{", `{"__proto__":${value},`) });
    expect(await keptOf(request(), withProto("1"), withProto('{"GroupId":"x"}'))).toEqual([1, 1, 1]);
  });
});

describe("an authentic callback that cannot be used", () => {
  it.each([
    ["is empty", "", DESTROYED, "The body is not JSON"],
    ["is cut off", '{"CallbackCommand":', DESTROYED, "The body is not JSON"],
    ["has comments", `{ // ${DESTROYED}\n}`, DESTROYED, "The body is not JSON"],
    ["is not UTF-8", new Uint8Array([0x7b, 0xff, 0x7d]), DESTROYED, "The body is not UTF-8"],
    ["is a list", "[]", DESTROYED, "The body is JSON, but not an object."],
    ["is null", "null", DESTROYED, "The body is JSON, but not an object."],
    ["is nested too deep", `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`, DESTROYED, "nests deeper than 64 levels"],
    ["is of a command that there never was", undefined, "Group.CallbackAfterKickMember", "The catalog"],
    ["is of another service", undefined, "Profile.CallbackPortraitSet", "The catalog"],
    ["is of a command that objects inherit", undefined, "constructor", "The catalog"],
    ["has an empty GroupId", { ...destroyed, GroupId: "" }, DESTROYED, "GroupId must not be empty"],
    ["lacks fields", { CallbackCommand: DESTROYED }, DESTROYED, "GroupId is required; Type is required"],
    [
      "has a time that is none",
      { ...destroyed, EventTime: "soon" },
      DESTROYED,
      `The body does not fit ${DESTROYED}: EventTime`,
    ],
    ["has a GroupId that is no text", JSON.stringify({ ...destroyed, GroupId: "\ud800" }), DESTROYED, "lone surrogate"],
    [
      "borrows its fields from its prototype",
      `{"CallbackCommand":"${DESTROYED}","__proto__":${JSON.stringify(destroyed)}}`,
      DESTROYED,
      "GroupId is required",
    ],
  ])("because it %s is kept with the reason and answered OK", async (_name, content, command, reason) => {
    const { receiver, kept } = setUp();
    const body = content ?? { CallbackCommand: command, GroupId: "@TGS#1", EventTime: 1670574414123 };
    const given = request({ query: { CallbackCommand: command }, body });
    expect(await receiver.handle(given)).toMatchObject({ status: 200, body: OK });
    expect(kept()).toMatchObject([{ command, body: given.body, eventTime: undefined }]);
    expect(kept()[0]?.fault).toContain(reason);
  });

  it("is still told of its group", async () => {
    const { receiver, kept } = setUp();
    await receiver.handle(request({ body: { ...destroyed, Type: 1 } }));
    expect(kept()).toMatchObject([{ groupId: destroyed.GroupId, fault: expect.stringContaining("Type must be") }]);
  });

  it("has a reason that stays short", async () => {
    const { receiver, kept } = setUp();
    await receiver.handle(request({ body: { ...destroyed, MemberList: Array.from({ length: 10_000 }, () => 1) } }));
    expect(kept()[0]?.fault).toMatch(/MemberList\[9\] must be an object; and 9990 more\.$/);
  });
});

describe("a verification", () => {
  const ofNoGroup = { ...destroyed, GroupId: "@TGS#verify" };
  const headers = { "muster-verify": "1" };

  it("is answered OK, and nothing is kept of it", async () => {
    const { receiver, kept } = setUp();
    expect(await receiver.handle(request({ body: ofNoGroup, headers }))).toMatchObject({ status: 200, body: OK });
    expect(kept()).toEqual([]);
  });

  it("is checked like any callback", async () => {
    const { receiver } = setUp();
    const wrong = { query: { Sign: "0".repeat(64) }, body: ofNoGroup, headers };
    expect(await receiver.handle(request(wrong))).toMatchObject({ status: 401 });
  });

  it.each([
    ["the header without that group", destroyed, headers],
    ["that group without the header", ofNoGroup, {}],
    ["another header", ofNoGroup, { "muster-verify": "0" }],
  ])("is not what has %s: it is kept", async (_what, body, given) => {
    const { receiver, kept } = setUp();
    expect(await receiver.handle(request({ body, headers: given }))).toMatchObject({ status: 200 });
    expect(kept()).toHaveLength(1);
  });
});

describe("a receiver's options", () => {
  const inbox = createMemoryInbox();
  it.each([
    [[], "apps must not be empty"],
    [[{ sdkAppId: 0 }], "apps[0].sdkAppId must be"],
    [[{ sdkAppId: 1.5 }], "apps[0].sdkAppId must be an integer"],
    [[{ sdkAppId: 1 }, { sdkAppId: 1 }], "apps names an sdkAppId twice"],
    [[{ sdkAppId: 1, tokens: [] }], "apps[0].tokens must not be empty"],
    [[{ sdkAppId: 1, tokens: ["a", ""] }], "apps[0].tokens[1] must not be empty"],
  ])("are not %j", (apps, problem) => {
    expect(() => createReceiver({ apps, inbox })).toThrow(
      expect.objectContaining({ code: "OPTIONS_INVALID", message: expect.stringContaining(problem) }),
    );
  });

  it("may leave the clock to the machine", async () => {
    const before = Date.now();
    const own = createMemoryInbox();
    await createReceiver({ apps: [{ sdkAppId: OPEN_APP }], inbox: own }).handle(request({ query: toOpenApp() }));
    expect(own.kept()[0]?.callback.receivedAt).toBeGreaterThanOrEqual(before);
  });
});

describe("the golden bodies", () => {
  const folder = new URL("../../protocol/fixtures/", import.meta.url);
  const fixture = z.object({
    query: z.string(),
    body: z.looseObject({ CallbackCommand: z.string() }),
    read: z.looseObject({ GroupId: z.optional(z.string()), EventTime: z.optional(z.number()) }),
  });
  const fixtures = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .toSorted()
    .map((path) => ({ path, ...z.parse(fixture, JSON.parse(readFileSync(new URL(path, folder), "utf8"))) }));

  it.each(fixtures)("$path is taken", async ({ query, body, read }) => {
    const inbox = createMemoryInbox();
    const receiver = createReceiver({ apps: [{ sdkAppId: 1400000001 }], inbox: { keep: inbox.keep }, now: () => NOW });
    const bytes = utf8.encode(JSON.stringify(body, null, 2));
    const answer = await receiver.handle({ method: "POST", url: `/?${query}`, headers: {}, body: bytes });
    expect(answer).toMatchObject({ status: 200, body: OK });
    expect(inbox.kept().map(({ callback }) => callback)).toMatchObject([
      {
        command: body.CallbackCommand,
        groupId: read.GroupId,
        eventTime: read.EventTime,
        body: bytes,
        fault: undefined,
      },
    ]);
  });
});

describe("whatever comes", () => {
  const answerForm = z.union([
    failure,
    z.strictObject({ ActionStatus: z.literal("OK"), ErrorInfo: z.literal(""), ErrorCode: z.literal(0) }),
  ]);
  const anyText = fc.string({ unit: "binary" });
  const jsonText = fc.json({ maxDepth: 8, noUnicodeString: false });
  const callbackText = fc
    .dictionary(
      fc.constantFrom("GroupId", "Type", "Owner_Account", "MemberList", "EventTime", "__proto__", "constructor", "x"),
      fc.jsonValue(),
    )
    .map((fields) => JSON.stringify({ ...fields, CallbackCommand: DESTROYED }));
  const anyBody = fc.oneof(
    fc.uint8Array(),
    fc.oneof(jsonText, callbackText, anyText).map((text) => utf8.encode(text)),
  );
  const anyQuery = fc.oneof(
    anyText,
    fc.constant(`SdkAppid=${OPEN_APP}&CallbackCommand=${DESTROYED}`),
    anyText.map((text) => `SdkAppid=${OPEN_APP}&CallbackCommand=${text}&${text}`),
    fc.tuple(anyText, anyText).map(([a, b]) => `SdkAppid=${SIGNED_APP}&Sign=${a}&RequestTime=${b}`),
  );
  const anyHeaders = fc.dictionary(
    fc.constantFrom("webhook-id", "muster-sequence", "muster-attempt", "get", "__proto__"),
    fc.oneof(anyText, fc.array(anyText), fc.constant(undefined)),
  );

  it("is answered in the documented form, and what is answered OK is kept", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("POST", "POST", "POST", "GET"),
        fc.oneof(anyQuery, anyText),
        anyHeaders,
        anyBody,
        async (method, query, headers, body) => {
          const { receiver, kept } = setUp();
          const answer = await receiver.handle({ method, url: `/callback?${query}`, headers, body });
          const form = z.parse(answerForm, JSON.parse(answer.body));
          expect(form.ErrorCode).toBe(answer.status === 200 ? 0 : answer.status);
          expect(kept().map((callback) => callback.body)).toEqual(answer.status === 200 ? [body] : []);
          for (const { groupId, fault } of kept()) {
            expect(groupId?.isWellFormed() ?? true).toBe(true);
            expect(fault).not.toBe("");
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is known again: the same request twice is kept once", async () => {
    await fc.assert(
      fc.asyncProperty(anyBody, anyHeaders, async (body, headers) => {
        const { receiver, inbox } = setUp();
        const given = { ...request({ query: toOpenApp(), headers }), body };
        const answers = [await receiver.handle(given), await receiver.handle(given)];
        expect(answers[0]).toEqual(answers[1]);
        expect(inbox.kept().map(({ arrivals }) => arrivals)).toEqual(answers[0]?.status === 200 ? [2] : []);
      }),
    );
  });
});
