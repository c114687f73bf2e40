import { deflateSync, inflateSync } from "node:zlib";

import { signUserSig, type UserSigClaims } from "@muster/protocol";
import { describe, expect } from "vitest";
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
  return deflateSync(text, { level })
    .toString("base64")
    .replaceAll("+", "*")
    .replaceAll("/", "-")
    .replaceAll("=", "_");
}

/** The fields inside of a UserSig. */
function unpack(userSig: string): Record<string, unknown> {
  const base64 = userSig.replaceAll("*", "+").replaceAll("-", "/").replaceAll("_", "=");
  return JSON.parse(inflateSync(Buffer.from(base64, "base64")).toString()) as Record<string, unknown>;
}

describe("a call's UserSig", () => {
  proves("usersig:valid")("may come from Tencent's own signer", async () => {
    const im = await startIm();
    im.clock.now = Date.now();
    const usersig = new tls.Api(sdkAppId, secretKey).genUserSig("administrator", 60);
    expect(await call(im, { usersig })).toEqual(done);
  });

  proves("usersig:other-libraries")("may have any order, white space and compression", async () => {
    const im = await startIm();
    const fields = unpack(await signUserSig(administrator, secretKey));
    const sorted = Object.fromEntries(Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    for (const usersig of [pack(JSON.stringify(sorted)), pack(`${JSON.stringify(fields, null, 1)}\n`, 0)]) {
      expect(await call(im, { usersig })).toEqual(done);
    }
  });

  proves("usersig:userbuf")("may sign a userbuf along, and must if it has one", async () => {
    const im = await startIm();
    const usersig = await signUserSig({ ...administrator, userBuf: "aGVsbG8=" }, secretKey);
    expect(await call(im, { usersig })).toEqual(done);
    const without = unpack(await signUserSig(administrator, secretKey));
    const added = pack(JSON.stringify({ ...without, "TLS.userbuf": "aGVsbG8=" }));
    expect(await call(im, { usersig: added })).toEqual(refused(70009));
  });

  proves("usersig:missing")("must be there", async () => {
    const im = await startIm();
    expect(await call(im, { usersig: "" })).toEqual(refused(70002, "UserSig"));
    const { usersig, ...others } = im.query;
    expect(usersig).not.toBe("");
    expect(await im.post(pathOf("get_appid_group_list"), "{}", others)).toEqual(refused(70002, "UserSig"));
  });

  proves("usersig:undecodable")("must be one that can be unpacked, with every field", async () => {
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

  proves("usersig:bomb")("must not unpack to more than a UserSig holds", async () => {
    const im = await startIm();
    const fields = unpack(await signUserSig(administrator, secretKey));
    const usersig = pack(JSON.stringify({ ...fields, padding: "a".repeat(1_000_000) }));
    expect(usersig.length).toBeLessThan(8_192);
    expect(await call(im, { usersig })).toEqual(refused(70003, "UserSig"));
  });

  proves("usersig:other-app")("must be for the app", async () => {
    const im = await startIm();
    const usersig = await signUserSig({ ...administrator, sdkAppId: sdkAppId + 1 }, secretKey);
    expect(await call(im, { usersig })).toEqual(refused(70014));
  });

  proves("usersig:other-user")("must be for the user", async () => {
    const im = await startIm();
    const usersig = await signUserSig({ ...administrator, userId: "leckie" }, secretKey);
    expect(await call(im, { usersig })).toEqual(refused(70013));
  });

  proves("usersig:expired")("is good up to its last second", async () => {
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

  proves("usersig:wrong-key")("must be signed with the app's key", async () => {
    const im = await startIm();
    expect(await call(im, { usersig: await signUserSig(administrator, `${secretKey}x`) })).toEqual(refused(70009));
  });

  proves("usersig:forged-claims")("cannot be made to say something else", async () => {
    const im = await startIm();
    const fields = unpack(await signUserSig({ ...administrator, userId: "leckie", expiresIn: 1 }, secretKey));
    for (const claim of [
      { "TLS.identifier": "administrator", "TLS.expire": 1 },
      { "TLS.identifier": "administrator", "TLS.expire": 86_400 },
    ]) {
      expect(await call(im, { usersig: pack(JSON.stringify({ ...fields, ...claim })) })).toEqual(refused(70009));
    }
  });

  proves("usersig:order")("is checked for app, user, age and signature in that order", async () => {
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

  proves("usersig:unknown-app")("is of no use to an app that does not exist", async () => {
    const im = await startIm();
    const usersig = await signUserSig({ ...administrator, sdkAppId: sdkAppId + 1 }, secretKey);
    expect(await call(im, { usersig, sdkappid: String(sdkAppId + 1) })).toEqual(refused(70020));
  });

  proves("usersig:star-escaped", "call:query-order")("comes escaped or not, at any place of the query", async () => {
    const im = await startIm();
    // One of so many has a star.
    let usersig = "";
    for (let issuedAt = NOW_S; !usersig.includes("*"); issuedAt += 1) {
      usersig = await signUserSig({ ...administrator, issuedAt }, secretKey);
    }
    for (const spelt of [usersig, usersig.replaceAll("*", "%2A")]) {
      const query = `usersig=${spelt}&contenttype=json&random=4294967295&identifier=administrator&sdkappid=${sdkAppId}`;
      const response = await fetch(`${im.url}${pathOf("get_appid_group_list")}?${query}`, { method: "POST", body: "{}" });
      expect(await response.json()).toEqual(done);
    }
  });

  proves("usersig:non-ascii")("signs other letters as UTF-8", async () => {
    const im = await startIm({ administrators: ["administrator", "管理员"] });
    const usersig = await signUserSig({ ...administrator, userId: "管理员" }, secretKey);
    expect(await call(im, { usersig, identifier: "管理员" })).toEqual(done);
  });

  proves("usersig:kick")("is void after a kick where it was signed before it", async () => {
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
