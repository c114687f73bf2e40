import { createLog, systemClock } from "@muster/foundation";
import { ErrorCode, restCommands, signUserSig } from "@muster/protocol";
import fc from "fast-check";
import tls from "tls-sig-api-v2";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod/mini";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { rawConnection } from "../../../../test/harness/raw-http.ts";
import { storeIn } from "../../../../test/harness/store.ts";
import { startServer } from "../app.ts";
import { appsSection, serverConfig, serverSection } from "../config.ts";

const APP = 1400000001;
const KEY = "the-key-of-the-app";
const now = (): number => Math.floor(Date.now() / 1000);
const administrator = { sdkAppId: APP, userId: "administrator", issuedAt: now(), expiresIn: 86_400 };

interface Answer {
  readonly status: number;
  readonly contentType: string | null;
  readonly envelope: Record<string, unknown>;
}

type Body = string | Uint8Array<ArrayBuffer> | undefined;

interface Server {
  readonly url: string;
  /** Posts to a path, as the administrator unless a query is given. */
  post(path: string, body: Body, query?: string, method?: string): Promise<Answer>;
  /** Calls a command with a body that is an object. */
  call(path: string, body: unknown): Promise<Record<string, unknown>>;
}

const queryOf = (fields: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(fields)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    .join("&");

async function goodQuery(more: Readonly<Record<string, string | undefined>> = {}): Promise<string> {
  const usersig = await signUserSig(administrator, KEY);
  const usual = {
    sdkappid: String(APP),
    identifier: "administrator",
    usersig,
    random: "99999999",
    contenttype: "json",
  };
  return queryOf({ ...usual, ...more });
}

async function serve(): Promise<Server> {
  const apps = appsSection.parse([
    {
      sdkAppId: APP,
      secretKey: KEY,
      administrators: ["administrator", "root+1"],
      features: { community: true, topic: true },
      groupCustomFields: ["UserDefined1"],
    },
    { sdkAppId: 1400000002, secretKey: "another-key" },
  ]);
  const section = serverSection.parse({ port: 0, store: await storeIn(temporaryFolder(), "server") });
  const server = await startServer(serverConfig(section, apps), {
    clock: systemClock,
    log: createLog("test", "silent"),
  });
  onTestFinished(() => server.stop());
  const usual = await goodQuery();
  const post: Server["post"] = async (path, body, query = usual, method = "POST") => {
    const response = await fetch(`${server.url}${path}${query === "" ? "" : `?${query}`}`, {
      method,
      ...(body === undefined ? {} : { body }),
    });
    const text = await response.text();
    return {
      status: response.status,
      contentType: response.headers.get("content-type"),
      envelope: z.parse(z.record(z.string(), z.unknown()), method === "HEAD" ? {} : JSON.parse(text)),
    };
  };
  return {
    url: server.url,
    post,
    async call(path, body) {
      const { status, envelope } = await post(path, JSON.stringify(body));
      expect(status).toBe(200);
      return envelope;
    },
  };
}

const CREATE = "/v4/group_open_http_svc/create_group";
const DESTROY = "/v4/group_open_http_svc/destroy_group";
const IMPORT = "/v4/im_open_login_svc/account_import";
const INFO = "/v4/group_open_http_svc/get_group_info";
const DESTROY_TOPIC = "/v4/million_group_open_http_svc/destroy_topic";

/** What a call was refused with; it is told by HTTP 200 and an envelope that has its three fields and no others. */
function refusalOf({ status, contentType, envelope }: Answer): { code: unknown; info: string } {
  expect(envelope).toEqual({
    ActionStatus: "FAIL",
    ErrorCode: expect.any(Number),
    ErrorInfo: expect.stringMatching(/./),
  });
  expect(status).toBe(200);
  expect(contentType).toMatch(/^application\/json/);
  return { code: envelope["ErrorCode"], info: String(envelope["ErrorInfo"]) };
}

/** What a call was answered with that was not refused: it fits what is documented. */
function successOf({ status, contentType, envelope }: Answer, response: z.core.$ZodType): { code: unknown } {
  expect(envelope).toMatchObject({ ActionStatus: "OK", ErrorCode: 0, ErrorInfo: expect.any(String) });
  expect(z.safeParse(response, envelope)).toMatchObject({ success: true });
  expect(status).toBe(200);
  expect(contentType).toMatch(/^application\/json/);
  return { code: 0 };
}

describe("who calls", () => {
  it("is an administrator with a UserSig of Tencent's own signer, whatever else the query holds", async () => {
    const { post } = await serve();
    const usersig = new tls.Api(APP, KEY).genUserSig("administrator", 86_400);
    const plain = `sdkappid=${APP}&identifier=administrator&usersig=${usersig}&random=1&contenttype=json`;
    for (const query of [plain, await goodQuery({ usersig }), `contenttype=json&x=y&${plain.replaceAll("*", "%2A")}`]) {
      expect(await post(IMPORT, '{"UserID":"leckie"}', query)).toMatchObject({
        status: 200,
        envelope: { ActionStatus: "OK", ErrorCode: 0, ErrorInfo: "" },
      });
    }
  });

  it("need not send what Tencent does not look at", async () => {
    const { post } = await serve();
    const query = await goodQuery({ random: undefined, contenttype: undefined });
    expect((await post(IMPORT, '{"UserID":"leckie"}', query)).envelope).toMatchObject({ ErrorCode: 0 });
  });

  it("may have a plus in the id, escaped or not", async () => {
    const { post } = await serve();
    const usersig = await signUserSig({ ...administrator, userId: "root+1" }, KEY);
    for (const identifier of ["root+1", "root%2B1"]) {
      const query = `sdkappid=${APP}&identifier=${identifier}&usersig=${usersig}`;
      expect((await post(IMPORT, '{"UserID":"leckie"}', query)).envelope).toMatchObject({ ErrorCode: 0 });
    }
  });

  const sign = (claims: Partial<typeof administrator>, key = KEY): Promise<string> =>
    signUserSig({ ...administrator, ...claims }, key);

  it.each<[string, number, () => Promise<Record<string, string | undefined>> | Record<string, string | undefined>]>([
    ["no sdkappid", ErrorCode.SdkAppIdMissing, () => ({ sdkappid: undefined })],
    ["an empty sdkappid", ErrorCode.SdkAppIdMissing, () => ({ sdkappid: "" })],
    ["an sdkappid in other letters", ErrorCode.SdkAppIdMissing, () => ({ sdkappid: undefined, SdkAppid: String(APP) })],
    ["an sdkappid that is no number", ErrorCode.BadParameter, () => ({ sdkappid: "demo" })],
    ["an sdkappid that is negative", ErrorCode.BadParameter, () => ({ sdkappid: "-1" })],
    ["an sdkappid with digits without end", ErrorCode.BadParameter, () => ({ sdkappid: "1".repeat(11) })],
    ["another contenttype", ErrorCode.BadParameter, () => ({ contenttype: "xml" })],
    ["contenttype in capitals", ErrorCode.BadParameter, () => ({ contenttype: "JSON" })],
    ["an app that there is not", ErrorCode.UnknownApp, () => ({ sdkappid: "1400009999" })],
    ["no identifier", ErrorCode.BadCredentials, () => ({ identifier: undefined })],
    ["an empty identifier", ErrorCode.BadCredentials, () => ({ identifier: "" })],
    ["no usersig", ErrorCode.UserSigEmpty, () => ({ usersig: undefined })],
    ["an empty usersig", ErrorCode.UserSigEmpty, () => ({ usersig: "" })],
    ["a usersig that is nonsense", ErrorCode.UserSigInvalid, () => ({ usersig: "nonsense" })],
    ["a usersig that is cut off", ErrorCode.UserSigInvalid, async () => ({ usersig: (await sign({})).slice(0, -20) })],
    [
      "a usersig that has run out",
      ErrorCode.UserSigExpired,
      async () => ({ usersig: await sign({ issuedAt: now() - 90_000 }) }),
    ],
    ["a usersig of another key", ErrorCode.UserSigWrongKey, async () => ({ usersig: await sign({}, "another-key") })],
    [
      "a usersig of another user",
      ErrorCode.UserSigOtherUser,
      async () => ({ usersig: await sign({ userId: "leckie" }) }),
    ],
    [
      "a usersig of another app",
      ErrorCode.UserSigOtherApp,
      async () => ({ usersig: await sign({ sdkAppId: 1400000002 }) }),
    ],
    ["the usersig of somebody else", ErrorCode.UserSigOtherUser, () => ({ identifier: "root+1" })],
    [
      "a user who is no administrator",
      ErrorCode.NotAdministrator,
      async () => ({ identifier: "leckie", usersig: await sign({ userId: "leckie" }) }),
    ],
  ])("is refused with %s (%d), and nothing is changed", async (_what, code, fields) => {
    const { post, call } = await serve();
    const body = JSON.stringify({ Type: "Public", Name: "n", GroupId: "chess" });
    expect(refusalOf(await post(CREATE, body, await goodQuery(await fields()))).code).toBe(code);
    expect(await call(INFO, { GroupIdList: ["chess"] })).toMatchObject({
      GroupInfo: [{ ErrorCode: ErrorCode.GroupNotFound }],
    });
  });

  it("is refused without any query", async () => {
    const { post } = await serve();
    expect(refusalOf(await post(CREATE, "{}", "")).code).toBe(ErrorCode.SdkAppIdMissing);
  });

  it("is refused once more after it was let in, where the next UserSig is wrong", async () => {
    const { post } = await serve();
    const usersig = await sign({});
    expect((await post(IMPORT, '{"UserID":"a"}', await goodQuery({ usersig }))).envelope).toMatchObject({
      ErrorCode: 0,
    });
    const spoilt = `${usersig.slice(0, -2)}${usersig.endsWith("__") ? "A_" : "__"}`;
    expect((await post(IMPORT, '{"UserID":"a"}', await goodQuery({ usersig: spoilt }))).envelope).not.toMatchObject({
      ErrorCode: 0,
    });
    const other = await goodQuery({ usersig, sdkappid: "1400000002" });
    expect(refusalOf(await post(IMPORT, '{"UserID":"a"}', other)).code).toBe(ErrorCode.UserSigOtherApp);
  });
});

describe("what is called", () => {
  it.each([
    ["/v4/no_such_svc/create_group", ErrorCode.UnknownResource],
    ["/v4/Group_open_http_svc/create_group", ErrorCode.UnknownResource],
    ["/v4/constructor/toString", ErrorCode.UnknownResource],
    ["/v4/group_open_http_svc/no_such_command", ErrorCode.UnknownCommand],
    ["/v4/group_open_http_svc/Create_Group", ErrorCode.UnknownCommand],
    ["/v4/group_open_http_svc/create_topic", ErrorCode.UnknownCommand],
    ["/v4/group_open_http_svc/__proto__", ErrorCode.UnknownCommand],
    ["/v4/group_open_http_svc", ErrorCode.UnknownResource],
    ["/v4/group_open_http_svc/create_group/more", ErrorCode.UnknownResource],
    ["/v3/group_open_http_svc/create_group", ErrorCode.UnknownResource],
  ])("must be there: %s", async (path, code) => {
    const { post } = await serve();
    expect(refusalOf(await post(path, "{}")).code).toBe(code);
  });

  it.each(["/", "/favicon.ico"])("is another's where it is not under /v4: %s is not found", async (path) => {
    const { url } = await serve();
    const response = await fetch(url + path);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ error: "there is nothing at this path" });
  });

  it("has a name of reasonable length", async () => {
    const { post } = await serve();
    expect(refusalOf(await post(`/v4/${"x".repeat(600)}/create_group`, "{}")).code).toBe(
      ErrorCode.MalformedHttpRequest,
    );
  });

  it("is called under every name that is documented", async () => {
    const { post } = await serve();
    for (const { service, command } of Object.values(restCommands)) {
      const { envelope } = await post(`/v4/${service}/${command}`, "{}");
      expect([ErrorCode.UnknownCommand, ErrorCode.UnknownResource], command).not.toContain(envelope["ErrorCode"]);
    }
  });

  it.each(["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])("is called with POST, not %s", async (method) => {
    const { post } = await serve();
    const body = method === "GET" ? undefined : "{}";
    const refusal = refusalOf(await post(CREATE, body, undefined, method));
    expect(refusal).toEqual({ code: ErrorCode.MalformedHttpRequest, info: expect.stringContaining(method) });
  });

  it("is answered to HEAD as well, without a body", async () => {
    const { post } = await serve();
    expect((await post(CREATE, undefined, undefined, "HEAD")).status).toBe(200);
  });

  it.each([
    ["a method that HTTP has not", "FROBNICATE /v4/a/b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"],
    [
      "a path that cannot be decoded",
      "POST /v4/%zz/b HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
    ],
    ["a head that is too long", `POST /v4/a/b HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n`],
    ["a length that is no number", "POST /v4/a/b HTTP/1.1\r\nhost: x\r\ncontent-length: many\r\n\r\n"],
    ["two lengths", "POST /v4/a/b HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}"],
  ])("is answered with 200 and the envelope also where HTTP itself is broken: %s", async (_what, request) => {
    const { url } = await serve();
    const connection = await rawConnection(url);
    await connection.write(request);
    const text = await connection.closed();
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const envelope: unknown = JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4));
    expect(envelope).toEqual({
      ActionStatus: "FAIL",
      ErrorCode: ErrorCode.MalformedHttpRequest,
      ErrorInfo: expect.stringMatching(/./),
    });
  });
});

describe("a body", () => {
  const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => Uint8Array.from(values);

  it.each<[string, Body, number]>([
    ["is missing", undefined, ErrorCode.MalformedJson],
    ["is empty", "", ErrorCode.MalformedJson],
    ["is blank", "  ", ErrorCode.MalformedJson],
    ["is no JSON", "Type=Public", ErrorCode.MalformedJson],
    ["is cut off", '{"Type":"Public"', ErrorCode.MalformedJson],
    ["has something behind it", '{"Type":"Public"}}', ErrorCode.MalformedJson],
    ["has comments, as the documents' samples do", '{"Type":"Public" // Group type\n}', ErrorCode.MalformedJson],
    ["is no UTF-8", bytes(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d), ErrorCode.MalformedJson],
    ["has a NUL", '{"Type":\u0000}', ErrorCode.MalformedJson],
    ["nests 65 levels deep", `${"[".repeat(65)}${"]".repeat(65)}`, ErrorCode.MalformedJson],
    ["is a nesting bomb", "[".repeat(1_000_000), ErrorCode.MalformedJson],
    ["is one byte longer than 1 MiB", `{"x":"${"x".repeat(1_048_576 - 7)}"}`, ErrorCode.BodyTooLong],
    ["is a list", "[]", ErrorCode.InvalidParameter],
    ["is null", "null", ErrorCode.InvalidParameter],
    ["is a text", '"create_group"', ErrorCode.InvalidParameter],
    ["is a number", "1", ErrorCode.InvalidParameter],
  ])("is refused where it %s", async (_what, body, code) => {
    const { post } = await serve();
    expect(refusalOf(await post(CREATE, body)).code).toBe(code);
  });

  it("may be 1 MiB long", async () => {
    const { post } = await serve();
    const frame = JSON.stringify({ Type: "Public", Name: "n", x: "" });
    const body = frame.replace('"x":""', `"x":"${"x".repeat(1_048_576 - frame.length)}"`);
    expect(body).toHaveLength(1_048_576);
    expect((await post(CREATE, body)).envelope).toMatchObject({ ActionStatus: "OK" });
  });

  const group = { Type: "Public", Name: "Chess", GroupId: "chess" };

  it.each<[string, Record<string, unknown>, RegExp]>([
    ["no Type", { Type: undefined }, /Type/],
    ["no Name", { Name: undefined }, /Name/],
    ["an empty Name", { Name: "" }, /Name/],
    ["a Name of 31 bytes", { Name: "x".repeat(31) }, /Name.*31 bytes/],
    ["a Name of 11 Chinese characters", { Name: "李".repeat(11) }, /Name.*33 bytes/],
    ["a Name with half a character", { Name: "\ud83d" }, /Name.*surrogate/],
    ["a Name that is a number", { Name: 5 }, /Name must be a string/],
    ["a Name that is null", { Name: null }, /Name must be a string/],
    ["an Introduction of 241 bytes", { Introduction: "x".repeat(241) }, /Introduction/],
    ["a Notification of 301 bytes", { Notification: "x".repeat(301) }, /Notification/],
    ["a FaceUrl of 101 bytes", { FaceUrl: "x".repeat(101) }, /FaceUrl/],
    ["an Owner_Account of 33 bytes", { Owner_Account: "x".repeat(33) }, /Owner_Account/],
    ["an empty Owner_Account", { Owner_Account: "" }, /Owner_Account/],
    ["a number as a text", { MaxMemberCount: "5" }, /MaxMemberCount must be/],
    ["a number that is no integer", { MaxMemberCount: 1.5 }, /MaxMemberCount/],
    ["a number that is 0", { MaxMemberCount: 0 }, /MaxMemberCount/],
    ["a number that is enormous", { MaxMemberCount: 1e300 }, /MaxMemberCount/],
    ["SupportTopic as true", { SupportTopic: true }, /SupportTopic/],
    ["an option in other letters", { ApplyJoinOption: "freeaccess" }, /ApplyJoinOption/],
    ["a MemberList of texts", { MemberList: ["leckie"] }, /MemberList\[0\]/],
    ["a MemberList that is an object", { MemberList: { Member_Account: "leckie" } }, /MemberList must be/],
    [
      "a role that there is not",
      { MemberList: [{ Member_Account: "leckie", Role: "Owner" }] },
      /MemberList\[0\]\.Role/,
    ],
    ["a custom field without a Key", { AppDefinedData: [{ Value: "x" }] }, /AppDefinedData\[0\]\.Key/],
    ["a custom field of 513 bytes", { AppDefinedData: [{ Key: "UserDefined1", Value: "x".repeat(513) }] }, /Value/],
    ["a custom field that the app has not", { AppDefinedData: [{ Key: "\ud800", Value: "x" }] }, /AppDefinedData/],
  ])("is refused with %s, and nothing is changed", async (_what, fields, info) => {
    const { post, call } = await serve();
    const refusal = refusalOf(await post(CREATE, JSON.stringify({ ...group, ...fields })));
    expect(refusal).toEqual({ code: ErrorCode.InvalidParameter, info: expect.stringMatching(info) });
    expect(await call(INFO, { GroupIdList: ["chess"] })).toMatchObject({
      GroupInfo: [{ ErrorCode: ErrorCode.GroupNotFound }],
    });
  });

  it("may have every text as long as allowed, in bytes", async () => {
    const { call } = await serve();
    await call(IMPORT, { UserID: "李".repeat(10) });
    const longest = {
      ...group,
      Name: "李".repeat(10),
      Introduction: "é".repeat(120),
      Notification: "x".repeat(300),
      FaceUrl: "x".repeat(100),
      Owner_Account: "李".repeat(10),
      GroupId: "x".repeat(48),
      AppDefinedData: [{ Key: "UserDefined1", Value: "\u0000".repeat(512) }],
    };
    expect(await call(CREATE, longest)).toMatchObject({ ActionStatus: "OK", GroupId: longest.GroupId });
    const { GroupInfo } = await call(INFO, { GroupIdList: [longest.GroupId] });
    const { GroupId, Name, Introduction, Notification, FaceUrl, Owner_Account, AppDefinedData } = longest;
    expect(GroupInfo).toMatchObject([
      { GroupId, Name, Introduction, Notification, FaceUrl, Owner_Account, AppDefinedData },
    ]);
  });

  it("has no power over prototypes", async () => {
    const { post } = await serve();
    const body =
      '{"Type":"Public","Name":"n","__proto__":{"GroupId":"polluted"},"constructor":{"prototype":{"GroupId":"polluted"}}}';
    const { envelope } = await post(CREATE, body);
    expect(envelope).toMatchObject({ ActionStatus: "OK", GroupId: expect.stringMatching(/^@TGS#2/) });
    expect(Object.hasOwn(Object.prototype, "GroupId")).toBe(false);
  });

  it("that says a thing twice means the last", async () => {
    const { post } = await serve();
    const { envelope } = await post(CREATE, '{"Type":"Work","Type":"Public","Name":"n","GroupId":"a","GroupId":"b"}');
    expect(envelope).toMatchObject({ ActionStatus: "OK", GroupId: "b" });
  });

  it("in which everything is wrong is answered shortly and soon", async () => {
    const { post } = await serve();
    for (const count of [50_000, 500_000]) {
      const before = process.cpuUsage();
      const answer = await post(DESTROY_TOPIC, `{"GroupId":"a","TopicIdList":[${"1,".repeat(count - 1)}1]}`);
      const { code, info } = refusalOf(answer);
      expect(code).toBe(ErrorCode.InvalidParameter);
      expect(info.length).toBeLessThan(1_000);
      // The processor's time: what a busy machine makes one wait for is not in it.
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1_000).toBeLessThan(3_000);
    }
  });

  it("has codes of its own where an account is concerned", async () => {
    const { post } = await serve();
    expect(refusalOf(await post(IMPORT, "{}")).code).toBe(ErrorCode.AccountParameterInvalid);
    expect(refusalOf(await post(IMPORT, JSON.stringify({ UserID: "x".repeat(33) }))).code).toBe(
      ErrorCode.AccountParameterInvalid,
    );
    const longNick = JSON.stringify({ UserID: "a", Nick: "x".repeat(501) });
    expect(refusalOf(await post(IMPORT, longNick)).code).toBe(ErrorCode.ProfileFieldTooLong);
  });
});

describe("an answer", () => {
  it("to create_group and destroy_group is the documented one", async () => {
    const { call } = await serve();
    expect(await call(CREATE, { Type: "Public", Name: "n", GroupId: "chess" })).toEqual({
      ActionStatus: "OK",
      ErrorInfo: "",
      ErrorCode: 0,
      GroupId: "chess",
    });
    expect(await call(DESTROY, { GroupId: "chess" })).toEqual({ ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0 });
    expect(await call(DESTROY, { GroupId: "chess" })).toEqual({
      ActionStatus: "FAIL",
      ErrorInfo: expect.stringContaining("chess"),
      ErrorCode: ErrorCode.GroupNotFound,
    });
  });

  it("to destroy_topic has a result for each topic", async () => {
    const { call } = await serve();
    await call(CREATE, { Type: "Community", Name: "n", GroupId: "@TGS#_chess", SupportTopic: 1 });
    const TopicId = "@TGS#_chess@TOPIC#_a";
    const created = await call("/v4/million_group_open_http_svc/create_topic", {
      GroupId: "@TGS#_chess",
      TopicId,
      TopicName: "a",
    });
    expect(created).toMatchObject({ ErrorCode: 0, TopicId });
    expect(await call(DESTROY_TOPIC, { GroupId: "@TGS#_chess", TopicIdList: [TopicId, TopicId] })).toEqual({
      ActionStatus: "OK",
      ErrorInfo: "ok",
      ErrorCode: 0,
      DestroyResultItem: [
        { ErrorCode: 0, ErrorInfo: "ok", TopicId },
        { ErrorCode: ErrorCode.TopicNotFound, ErrorInfo: expect.stringMatching(/./), TopicId },
      ],
    });
  });

  it("is complete and comes with 200, whatever is posted, and fits what is documented where it is a success", async () => {
    const { post } = await serve();
    const commands = Object.values(restCommands);
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.constantFrom("leckie", "chess", "@TGS#_chess", ""),
    );
    const names = ["GroupId", "Type", "Name", "Owner_Account", "MemberList", "GroupIdList", "UserID", "TopicIdList"];
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: "small" },
        text,
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie("any"), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom(...names, "__proto__", "Member_Account"), tie("any"), { maxKeys: 5 }),
      ),
    })).any;
    const body: fc.Arbitrary<string | Uint8Array<ArrayBuffer>> = fc.oneof(
      value.map((anything) => JSON.stringify(anything)),
      fc.dictionary(fc.constantFrom(...names), value).map((anything) => JSON.stringify(anything)),
      fc.string({ unit: "binary" }),
      fc.uint8Array({ maxLength: 200 }).map((array) => Uint8Array.from(array)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...commands), body, async ({ service, command, response }, content) => {
        const answer = await post(`/v4/${service}/${command}`, content);
        const { code } = answer.envelope["ActionStatus"] === "OK" ? successOf(answer, response) : refusalOf(answer);
        expect([ErrorCode.Internal, ErrorCode.AccountInternal], JSON.stringify(answer)).not.toContain(code);
      }),
      { numRuns: 600 },
    );
  });
});
