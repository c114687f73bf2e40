import { deflateSync, inflateSync } from "node:zlib";

import { signUserSig, type UserSigClaims } from "@muster/protocol";
import { describe, expect, it } from "vitest";
import tls from "tls-sig-api-v2";

import type { RestAnswer } from "../harness/rest.ts";
import { NOW_S, ok, pathOf, refused, sdkAppId, secretKey, startIm, type Im, type Query } from "./im.ts";
import { proves } from "./proves.ts";

const administrator: UserSigClaims = { sdkAppId, userId: "administrator", issuedAt: NOW_S, expiresIn: 86_400 };

/** Calls a command that changes nothing, with other parameters than the good ones. */
function call(im: Im, query: Query): Promise<RestAnswer> {
  return im.post(pathOf("get_appid_group_list"), "{}", { ...im.query, ...query });
}

const done = ok({ TotalCount: 0, GroupIdList: [], Next: 0 });

/** A UserSig out of any text. */
function pack(text: string, level = 6): string {
  return deflateSync(text, { level }).toString("base64").replaceAll("+", "*").replaceAll("/", "-").replaceAll("=", "_");
}

/** The fields inside of a UserSig. */
function unpack(userSig: string): Record<string, unknown> {
  const base64 = userSig.replaceAll("*", "+").replaceAll("-", "/").replaceAll("_", "=");
  return JSON.parse(inflateSync(Buffer.from(base64, "base64")).toString()) as Record<string, unknown>;
}

describe("a call's UserSig", () => {
  it("may come from Tencent's own signer", proves("usersig:valid"), async () => {
    const im = await startIm();
    im.clock.now = Date.now();
    const usersig = new tls.Api(sdkAppId, secretKey).genUserSig("administrator", 60);
    expect(await call(im, { usersig })).toEqual(done);
  });

  it("may have any order, white space and compression", proves("usersig:other-libraries"), async () => {
    const im = await startIm();
    const fields = unpack(await signUserSig(administrator, secretKey));
    const sorted = Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    for (const usersig of [pack(JSON.stringify(sorted)), pack(`${JSON.stringify(fields, null, 1)}\n`, 0)]) {
      expect(await call(im, { usersig })).toEqual(done);
    }
  });

  it("may sign a userbuf along, and must if it has one", proves("usersig:userbuf"), async () => {
    const im = await startIm();
    const usersig = await signUserSig({ ...administrator, userBuf: "aGVsbG8=" }, secretKey);
    expect(await call(im, { usersig })).toEqual(done);
    const without = unpack(await signUserSig(administrator, secretKey));
    const added = pack(JSON.stringify({ ...without, "TLS.userbuf": "aGVsbG8=" }));
    expect(await call(im, { usersig: added })).toEqual(refused(70009));
  });

  it("must be there", proves("usersig:missing"), async () => {
    const im = await startIm();
    expect(await call(im, { usersig: "" })).toEqual(refused(70002, "UserSig"));
    const { usersig, ...others } = im.query;
    expect(usersig).not.toBe("");
    expect(await im.post(pathOf("get_appid_group_list"), "{}", others)).toEqual(refused(70002, "UserSig"));
  });

  it("must be one that can be unpacked, with every field", proves("usersig:undecodable"), async () => {
    const im = await startIm();
    const fields = unpack(await signUserSig(administrator, secretKey));
    for (const usersig of ["x", "%%%", "eJyrVgrx", pack("[]"), pack("null"), pack("{"), "a".repeat(9_000)]) {
      expect(await call(im, { usersig }), usersig.slice(0, 40)).toEqual(refused(70003, "UserSig"));
    }
    for (const lacking of ["TLS.identifier", "TLS.sdkappid", "TLS.time", "TLS.expire", "TLS.sig"]) {
      const usersig = pack(JSON.stringify({ ...fields, [lacking]: undefined }));
      expect(await call(im, { usersig }), lacking).toEqual(refused(70003, "UserSig"));
    }
    const odd = pack(JSON.stringify({ ...fields, "TLS.expire": "86400" }));
    expect(await call(im, { usersig: odd })).toEqual(refused(70003, "UserSig"));
  });

  it("must not unpack to more than a UserSig holds", proves("usersig:bomb"), async () => {
    const im = await startIm();
    const fields = unpack(await signUserSig(administrator, secretKey));
    const usersig = pack(JSON.stringify({ ...fields, padding: "a".repeat(1_000_000) }));
    expect(usersig.length).toBeLessThan(8_192);
    expect(await call(im, { usersig })).toEqual(refused(70003, "UserSig"));
  });

  it("must be for the app", proves("usersig:other-app"), async () => {
    const im = await startIm();
    const usersig = await signUserSig({ ...administrator, sdkAppId: sdkAppId + 1 }, secretKey);
    expect(await call(im, { usersig })).toEqual(refused(70014));
  });

  it("must be for the user", proves("usersig:other-user"), async () => {
    const im = await startIm();
    const usersig = await signUserSig({ ...administrator, userId: "leckie" }, secretKey);
    expect(await call(im, { usersig })).toEqual(refused(70013));
  });

  it("is good up to its last second", proves("usersig:expired"), async () => {
    const im = await startIm();
    const usersig = await signUserSig({ ...administrator, expiresIn: 10 }, secretKey);
    for (const [seconds, answer] of [
      [9, done],
      [10.999, done],
      [11, refused(70001)],
    ] as const) {
      im.clock.now = (NOW_S + seconds) * 1000;
      expect(await call(im, { usersig }), String(seconds)).toEqual(answer);
    }
  });

  it("must be signed with the app's key", proves("usersig:wrong-key"), async () => {
    const im = await startIm();
    expect(await call(im, { usersig: await signUserSig(administrator, `${secretKey}x`) })).toEqual(refused(70009));
  });

  it("cannot be made to say something else", proves("usersig:forged-claims"), async () => {
    const im = await startIm();
    const fields = unpack(await signUserSig({ ...administrator, userId: "leckie", expiresIn: 1 }, secretKey));
    for (const claim of [
      { "TLS.identifier": "administrator", "TLS.expire": 1 },
      { "TLS.identifier": "administrator", "TLS.expire": 86_400 },
    ]) {
      expect(await call(im, { usersig: pack(JSON.stringify({ ...fields, ...claim })) })).toEqual(refused(70009));
    }
  });

  it("is checked for app, user, age and signature in that order", proves("usersig:order"), async () => {
    const im = await startIm();
    const wrong = { sdkAppId: sdkAppId + 1, userId: "leckie", issuedAt: NOW_S - 100, expiresIn: 10 };
    const codes = [];
    for (const fixed of [
      {},
      { sdkAppId },
      { sdkAppId, userId: "administrator" },
      { sdkAppId, userId: "administrator", issuedAt: NOW_S },
    ]) {
      const { ErrorCode } = await call(im, { usersig: await signUserSig({ ...wrong, ...fixed }, "another key") });
      codes.push(ErrorCode);
    }
    expect(codes).toEqual([70014, 70013, 70001, 70009]);
  });

  it("is of no use to an app that does not exist", proves("usersig:unknown-app"), async () => {
    const im = await startIm();
    const usersig = await signUserSig({ ...administrator, sdkAppId: sdkAppId + 1 }, secretKey);
    expect(await call(im, { usersig, sdkappid: String(sdkAppId + 1) })).toEqual(refused(70020));
  });

  it(
    "comes escaped or not, at any place of the query",
    proves("usersig:star-escaped", "call:query-order"),
    async () => {
      const im = await startIm();
      // One of so many has a star.
      let usersig = "";
      for (let issuedAt = NOW_S; !usersig.includes("*"); issuedAt += 1) {
        usersig = await signUserSig({ ...administrator, issuedAt }, secretKey);
      }
      for (const spelt of [usersig, usersig.replaceAll("*", "%2A")]) {
        const query = `usersig=${spelt}&contenttype=json&random=4294967295&identifier=administrator&sdkappid=${sdkAppId}`;
        const response = await fetch(`${im.url}${pathOf("get_appid_group_list")}?${query}`, {
          method: "POST",
          body: "{}",
        });
        expect(await response.json()).toEqual(done);
      }
    },
  );

  it("signs other letters as UTF-8", proves("usersig:non-ascii"), async () => {
    const im = await startIm({ administrators: ["administrator", "管理员"] });
    const usersig = await signUserSig({ ...administrator, userId: "管理员" }, secretKey);
    expect(await call(im, { usersig, identifier: "管理员" })).toEqual(done);
  });

  it("is void after a kick where it was signed before it", proves("usersig:kick"), async () => {
    const im = await startIm({ administrators: ["administrator", "second"] });
    const second = { ...administrator, userId: "second" };
    const early = await signUserSig(second, secretKey);
    expect(await call(im, { identifier: "second", usersig: early })).toEqual(done);
    im.clock.now += 10_000;
    expect(await im.rest("kick", { UserID: "second" })).toEqual(ok());
    expect(await call(im, { identifier: "second", usersig: early })).toEqual(refused(70001));
    const late = await signUserSig({ ...second, issuedAt: NOW_S + 10 }, secretKey);
    expect(await call(im, { identifier: "second", usersig: late })).toEqual(done);
    // The administrator's own are as good as before.
    expect(await call(im, {})).toEqual(done);
  });
});
