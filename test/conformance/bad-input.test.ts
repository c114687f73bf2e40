import { describe, expect, it } from "vitest";

import { signUserSig } from "@muster/protocol";

import { isWholeAnswer, rawConnection } from "../harness/raw-http.ts";
import type { RestAnswer } from "../harness/rest.ts";
import { accounts, NOW_S, ok, pathOf, refused, sdkAppId, secretKey, startIm, unchanged, type Im } from "./im.ts";
import { proves } from "./proves.ts";

const create = pathOf("create_group");
const change = pathOf("modify_group_base_info");

/** Starts a server with one group of leckie's and bob's. */
async function start(): Promise<Im> {
  const im = await startIm();
  await im.create({ GroupId: "mine", Owner_Account: "leckie", MemberList: accounts("bob") });
  return im;
}

/** Expects that none of the bodies changes the group, each being answered so. */
async function expectNothingChanged(path: string, answer: unknown, ...bodies: readonly string[]): Promise<void> {
  const im = await start();
  await unchanged(im, "mine", async () => {
    for (const body of bodies) expect(await im.post(path, body), body.slice(0, 80)).toEqual(answer);
  });
}

/** The answer to bytes that are written to the server as they are. */
async function raw(im: Im, text: string): Promise<{ status: string; answer: RestAnswer }> {
  const connection = await rawConnection(im.url);
  await connection.write(text);
  const [head = "", body = ""] = (await connection.received(isWholeAnswer)).split("\r\n\r\n");
  return { status: head.split("\r\n")[0] ?? "", answer: JSON.parse(body) as RestAnswer };
}

describe("a call", () => {
  it("is a POST that can be read", proves("call:post-only", "call:unreadable-http"), async () => {
    const im = await start();
    const query = new URLSearchParams(im.query).toString();
    for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
      const response = await fetch(`${im.url}${create}?${query}`, { method });
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual(refused(60002, method));
    }
    for (const text of [
      "nonsense\r\n\r\n",
      `POST ${create} HTTP/1.1\r\nhost: x\r\ncontent-length: many\r\n\r\n`,
      `POST /v4/%zz/create_group HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}`,
    ]) {
      expect(await raw(im, text), text).toEqual({ status: "HTTP/1.1 200 OK", answer: refused(60002) });
    }
  });

  it("is read as JSON, whatever it says it is", proves("call:any-content-type", "call:unknown-fields"), async () => {
    const im = await start();
    const url = `${im.url}${change}?${new URLSearchParams(im.query).toString()}`;
    const types = ["application/json", "application/json; charset=utf-8", "text/plain", "multipart/form-data", "x"];
    for (const [i, type] of types.entries()) {
      const body = JSON.stringify({ GroupId: "mine", Name: `name ${i}`, Unheard: { of: [] }, toString: 1 });
      const response = await fetch(url, { method: "POST", headers: { "content-type": type }, body });
      expect(await response.json()).toEqual(ok());
      expect(await im.group("mine")).toMatchObject({ Name: `name ${i}` });
    }
  });

  it(
    "names a command that there is, with its case",
    proves("call:unknown-service", "call:unknown-command", "call:other-path", "call:case-sensitive"),
    async () => {
      const im = await start();
      await unchanged(im, "mine", async () => {
        const body = '{"GroupId":"mine"}';
        expect(await im.post("/v4/unheard_svc/destroy_group", body)).toEqual(refused(60009, "unheard_svc"));
        expect(await im.post("/v4/GROUP_open_http_svc/destroy_group", body)).toEqual(refused(60009));
        expect(await im.post("/v4/group_open_http_svc/unheard", body)).toEqual(refused(10003, "unheard"));
        expect(await im.post("/v4/group_open_http_svc/Destroy_Group", body)).toEqual(refused(10003));
        expect(await im.post("/v4/million_group_open_http_svc/destroy_group", body)).toEqual(refused(10003));
        for (const odd of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
          expect(await im.post(`/v4/group_open_http_svc/${odd}`, body)).toEqual(refused(10003, odd));
          expect(await im.post(`/v4/${odd}/destroy_group`, body)).toEqual(refused(60009, odd));
        }
        for (const path of ["/v4", "/v4/group_open_http_svc", "/v5/group_open_http_svc/destroy_group", "/V4/a/b"]) {
          expect(await im.post(path, body), path).toEqual(refused(60009));
        }
        const upper = Object.fromEntries(Object.entries(im.query).map(([name, value]) => [name.toUpperCase(), value]));
        expect(await im.post(create, "{}", upper)).toEqual(refused(60012));
        expect(await im.post(create, "{}", { ...im.query, contenttype: "JSON" })).toEqual(
          refused(60025, "contenttype"),
        );
        expect(await im.post(pathOf("destroy_group"), '{"groupId":"mine","GROUPID":"mine"}')).toEqual(
          refused(10004, "GroupId is required"),
        );
        expect(await im.post(pathOf("destroy_group"), '{"GroupId":"Mine"}')).toEqual(refused(10010));
        expect(await im.post(create, '{"Type":"PUBLIC","Name":"n"}')).toEqual(refused(10004, "Type"));
      });
    },
  );

  it(
    "says in its query who calls",
    proves(
      "call:random-optional",
      "call:contenttype",
      "call:sdkappid-missing",
      "call:sdkappid-form",
      "call:identifier-missing",
      "call:not-admin",
    ),
    async () => {
      const im = await start();
      const { random, contenttype, ...least } = im.query;
      expect([random, contenttype]).toEqual(["1", "json"]);
      expect(await im.post(pathOf("get_appid_group_list"), "{}", least)).toMatchObject({ ErrorCode: 0 });
      const leckie = await signUserSig({ sdkAppId, userId: "leckie", issuedAt: NOW_S, expiresIn: 60 }, secretKey);
      await unchanged(im, "mine", async () => {
        for (const [wrong, answer] of [
          [{ contenttype: "xml" }, refused(60025, "contenttype")],
          [{ contenttype: "" }, refused(60025, "contenttype")],
          [{ sdkappid: "" }, refused(60012, "sdkappid")],
          [{ sdkappid: "x" }, refused(60025, "sdkappid")],
          [{ sdkappid: "-1" }, refused(60025, "sdkappid")],
          [{ sdkappid: "1e9" }, refused(60025, "sdkappid")],
          [{ sdkappid: "99999999999" }, refused(60025, "sdkappid")],
          [{ sdkappid: "1" }, refused(70020, "1")],
          [{ identifier: "" }, refused(60004, "identifier")],
          [{ identifier: "leckie", usersig: leckie }, refused(60010, "leckie")],
          [{ identifier: "Administrator" }, refused(70013)],
        ] as const) {
          expect(await im.post(pathOf("destroy_group"), '{"GroupId":"mine"}', { ...im.query, ...wrong })).toEqual(
            answer,
          );
        }
        const { identifier, ...nobody } = im.query;
        expect(identifier).toBe("administrator");
        expect(await im.post(create, "{}", nobody)).toEqual(refused(60004, "identifier"));
        const { sdkappid, ...nowhere } = im.query;
        expect(sdkappid).toBe(String(sdkAppId));
        expect(await im.post(create, "{}", nowhere)).toEqual(refused(60012, "sdkappid"));
      });
    },
  );

  it("may have a + in its query", proves("call:plus-in-query"), async () => {
    const im = await startIm({ administrators: ["administrator", "a+b"] });
    const usersig = await signUserSig({ sdkAppId, userId: "a+b", issuedAt: NOW_S, expiresIn: 60 }, secretKey);
    for (const identifier of ["a+b", "a%2Bb"]) {
      const query = `sdkappid=${sdkAppId}&identifier=${identifier}&usersig=${usersig}`;
      const url = `${im.url}${pathOf("get_appid_group_list")}?${query}`;
      expect(await (await fetch(url, { method: "POST", body: "{}" })).json()).toMatchObject({ ErrorCode: 0 });
    }
  });
});

describe("a body", () => {
  it("is JSON", proves("call:body-required", "call:body-json"), () =>
    expectNothingChanged(
      change,
      refused(60003, "the body"),
      "",
      " ",
      "{",
      "GroupId=mine",
      '{"GroupId":"mine",}',
      "{'a':1}",
      "\u0000",
      "nul",
    ),
  );

  it("is UTF-8", proves("call:body-utf-8"), async () => {
    const im = await start();
    await unchanged(im, "mine", async () => {
      const [head, tail] = ['{"GroupId":"mine","Name":"', '"}'].map((text) => new TextEncoder().encode(text));
      for (const bytes of [[0xff], [0xc3], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80]]) {
        const body = new Uint8Array([...(head ?? []), ...bytes, ...(tail ?? [])]);
        expect(await im.post(change, body)).toEqual(refused(60003, "UTF-8"));
      }
    });
  });

  it("has at most 1 MiB", proves("call:body-limit"), async () => {
    const im = await start();
    const body = (bytes: number): string => {
      const frame = JSON.stringify({ GroupId: "mine", Name: "large", padding: "" });
      return frame.replace('"padding":"', `"padding":"${"a".repeat(bytes - frame.length)}`);
    };
    await unchanged(im, "mine", async () => {
      expect(await im.post(change, body(1_048_577))).toEqual(refused(93000, "1 MiB"));
    });
    expect(await im.post(change, body(1_048_576))).toEqual(ok());
    expect(await im.group("mine")).toMatchObject({ Name: "large" });
  });

  it("nests no deeper than 64 levels", proves("call:body-depth"), async () => {
    const im = await start();
    const nested = (open: string, close: string, levels: number): string =>
      `{"GroupId":"mine","Name":"deep","x":${open.repeat(levels - 1)}1${close.repeat(levels - 1)}}`;
    await unchanged(im, "mine", async () => {
      for (const levels of [65, 1_000, 100_000]) {
        for (const body of [nested("[", "]", levels), nested('{"a":', "}", levels)]) {
          expect(await im.post(change, body)).toEqual(refused(60003, "64 levels"));
        }
      }
      expect(await im.post(change, "[".repeat(1_000_000))).toEqual(refused(60003));
    });
    expect(await im.post(change, nested("[", "]", 64))).toEqual(ok());
  });

  it("may name __proto__, to no effect", proves("call:proto-key"), async () => {
    const im = await start();
    await unchanged(im, "mine", async () => {
      for (const body of [
        '{"__proto__":{"GroupId":"mine"}}',
        '{"constructor":{"prototype":{"GroupId":"mine"}}}',
        '{"__proto__":{"GroupId":"mine"},"prototype":{"GroupId":"mine"}}',
      ]) {
        expect(await im.post(pathOf("destroy_group"), body)).toEqual(refused(10004, "GroupId is required"));
      }
      const field = '{"GroupId":"mine","AppDefinedData":[{"Key":"__proto__","Value":"x"}]}';
      expect(await im.post(change, field)).toEqual(refused(10004, "AppDefinedData"));
    });
    // Nothing has got into what all objects have.
    expect(await im.post(pathOf("destroy_group"), "{}")).toEqual(refused(10004, "GroupId is required"));
    expect(await im.rest("get_group_info", { GroupIdList: ["__proto__", "constructor"] })).toMatchObject({
      GroupInfo: [{ ErrorCode: 10010 }, { ErrorCode: 10010 }],
    });
  });

  it("has the last of two fields of one name", proves("call:duplicate-keys"), async () => {
    const im = await start();
    await im.create({ GroupId: "other" });
    expect(await im.post(pathOf("destroy_group"), '{"GroupId":"mine","GroupId":"other"}')).toEqual(ok());
    expect(await im.group("mine")).toMatchObject({ ErrorCode: 0 });
    expect(await im.group("other")).toMatchObject({ ErrorCode: 10010 });
    expect(await im.post(pathOf("destroy_group"), '{"GroupId":"mine","GroupId":7}')).toEqual(refused(10004, "GroupId"));
    expect(await im.group("mine")).toMatchObject({ ErrorCode: 0 });
  });

  it("has no half characters", proves("call:lone-surrogate", "call:refusal-changes-nothing"), async () => {
    const im = await start();
    const half = "a\ud800";
    await unchanged(im, "mine", async () => {
      for (const [command, body, code, field] of [
        ["modify_group_base_info", { Name: half }, 10004, "Name"],
        ["modify_group_base_info", { Introduction: "\udc00a" }, 10004, "Introduction"],
        ["modify_group_base_info", { AppDefinedData: [{ Key: "Colour", Value: half }] }, 10004, "AppDefinedData"],
        ["modify_group_base_info", { AppDefinedData: [{ Key: half, Value: "x" }] }, 10004, "AppDefinedData"],
        ["create_group", { Type: "Public", Name: "n", GroupId: half }, 10004, "GroupId"],
        ["create_group", { Type: "Public", Name: "n", Owner_Account: half, GroupId: "new" }, 10004, "Owner_Account"],
        ["create_group", { Type: half, Name: "n", GroupId: "new" }, 10004, "Type"],
        ["add_group_member", { MemberList: accounts(half) }, 10004, "MemberList[0].Member_Account"],
        ["delete_group_member", { MemberToDel_Account: [half] }, 10004, "MemberToDel_Account[0]"],
        ["modify_group_member_info", { Member_Account: "bob", NameCard: half }, 10004, "NameCard"],
        ["set_group_attr", { GroupAttr: [{ key: half, value: "x" }] }, 10004, "GroupAttr"],
        ["destroy_group", { GroupId: half }, 10015, "GroupId"],
        ["account_import", { UserID: half }, 70402, "UserID"],
        ["account_import", { UserID: "carol", Nick: half }, 70402, "Nick"],
      ] as const) {
        expect(await im.rest(command, { GroupId: "mine", ...body }), `${command} ${field}`).toEqual(
          refused(code, field),
        );
      }
    });
    expect(await im.group("new")).toMatchObject({ ErrorCode: 10010 });
  });

  it(
    "has values of the documented types, or is told which have not",
    proves("call:number-as-text", "call:error-info-names-field", "call:refusal-changes-nothing"),
    async () => {
      const im = await start();
      await unchanged(im, "mine", async () => {
        for (const [command, body, info] of [
          ["modify_group_base_info", { MaxMemberNum: "50" }, "MaxMemberNum must be a number"],
          ["modify_group_base_info", { Name: 7 }, "Name must be a string"],
          ["modify_group_base_info", { Name: null }, "Name must be a string"],
          [
            "modify_group_base_info",
            { Name: "a".repeat(31) },
            "Name is too long: 31 bytes of UTF-8, at most 30 are allowed",
          ],
          ["modify_group_base_info", { AppDefinedData: {} }, "AppDefinedData must be an array"],
          ["forbid_send_msg", { Members_Account: ["bob"], MuteTime: "60" }, "MuteTime must be a number"],
          ["forbid_send_msg", { Members_Account: ["bob", 7], MuteTime: 6 }, "Members_Account[1] must be a string"],
          ["create_group", { Type: "Public", Name: "n", SupportTopic: "1" }, "SupportTopic must be 0 or 1"],
          ["create_group", { Type: "Public", Name: "n", MaxMemberCount: 1e300 }, "MaxMemberCount"],
          [
            "create_group",
            { Type: "Public", Name: "n", MemberList: [{}, 1] },
            "MemberList[0].Member_Account is required",
          ],
          ["create_group", { Type: "Public", Name: "n", MemberList: [{}, 1] }, "MemberList[1] must be an object"],
          ["get_appid_group_list", { Limit: "10" }, "Limit must be a number"],
        ] as const) {
          expect(await im.rest(command, { GroupId: "mine", ...body })).toEqual(refused(10004, info));
        }
        for (const body of ["[]", "null", "7", '"GroupId"', "true"]) {
          expect(await im.post(change, body)).toEqual(refused(10004, "must be an object"));
        }
      });
    },
  );
});
