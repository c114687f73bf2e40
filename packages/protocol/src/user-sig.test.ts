import { createHmac } from "node:crypto";
import { deflateRawSync, deflateSync, gzipSync, inflateSync } from "node:zlib";

import fc from "fast-check";
import tls from "tls-sig-api-v2";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { signUserSig, verifyUserSig, type UserSigClaims } from "./user-sig.ts";

// The vectors were made with tls-sig-api-v2 1.0.2 at a fixed time.
const key = "unit-test-key-0123456789abcdef";
const sdkAppId = 1400000000;
const issuedAt = 1700000000;
const now = issuedAt * 1000;

const administrator: UserSigClaims = { sdkAppId, userId: "administrator", issuedAt, expiresIn: 86400 };
const administratorUserSig =
  "eJyrVgrxCdYrSy1SslIy0jNQ0gHzM1NS80oy0zLBwokpuZl5mcUlRYkl*UVQBcUp2YkFBZkpSlaGJgZQAJEpycxNVbIyNEcVTa0oyCxKVbKyMDOBCRVnpitZKXmUZIX7mBn5ars755ialkW5RLiYGpobZFdERSRWaUeGZhfnuOcE5yQFWYbaKtUCAJoyM4Q_";
const leckie: UserSigClaims = { sdkAppId, userId: "leckie", issuedAt, expiresIn: 15552000 };

/** A token's JSON. */
function unpack(userSig: string): Record<string, unknown> {
  const base64 = userSig.replaceAll("*", "+").replaceAll("-", "/").replaceAll("_", "=");
  return z.parse(z.record(z.string(), z.unknown()), JSON.parse(inflateSync(Buffer.from(base64, "base64")).toString()));
}

/** The token that is made from some bytes, packed in whatever way. */
function pack(content: unknown, how: (bytes: Buffer) => Buffer = (bytes) => deflateSync(bytes)): string {
  const bytes = Buffer.isBuffer(content)
    ? content
    : Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
  return how(bytes).toString("base64").replaceAll("+", "*").replaceAll("/", "-").replaceAll("=", "_");
}

const hmac = (lines: string) => createHmac("sha256", key).update(lines).digest("base64");

async function codeOf(userSig: string, keys: readonly string[] = [key], at = now): Promise<number> {
  const verdict = await verifyUserSig(userSig, { sdkAppId, userId: "leckie" }, keys, at);
  return verdict.ok ? 0 : verdict.code;
}

describe("signing", () => {
  it("makes the token of the official signer, character for character", async () => {
    expect(await signUserSig(administrator, key)).toBe(administratorUserSig);
  });

  it("signs as the official signer does", async () => {
    expect(unpack(await signUserSig(leckie, key))).toEqual({
      "TLS.ver": "2.0",
      "TLS.identifier": "leckie",
      "TLS.sdkappid": 1400000000,
      "TLS.time": 1700000000,
      "TLS.expire": 15552000,
      "TLS.sig": "Zg+G4qUw8hbmpzBh/JaO9CerruqGsgIgBJBWljJolM4=",
    });
  });

  it("signs a userbuf along", async () => {
    const token = unpack(await signUserSig({ ...leckie, userBuf: "cm9vbQ==" }, key));
    expect(token["TLS.userbuf"]).toBe("cm9vbQ==");
    expect(token["TLS.sig"]).toBe(
      hmac(
        "TLS.identifier:leckie\nTLS.sdkappid:1400000000\nTLS.time:1700000000\nTLS.expire:15552000\nTLS.userbuf:cm9vbQ==\n",
      ),
    );
  });

  it("needs no escaping in a URL", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), async (userId) => {
        expect(await signUserSig({ ...leckie, userId }, key)).toMatch(/^[A-Za-z0-9*\-_]+$/);
      }),
    );
  });
});

describe("a UserSig of the official signer", () => {
  const official = new tls.Api(sdkAppId, key);
  /** The claims that the official signer wrote, with its own clock. */
  const written = (userSig: string) => unpack(userSig)["TLS.time"];

  it.each(["leckie", "peter", "bob", "a-b_c.d", "李雷", "émile"])("lets %s in", async (userId) => {
    const userSig = official.genUserSig(userId, 3600);
    const signedAt = Number(written(userSig));
    expect(await verifyUserSig(userSig, { sdkAppId, userId }, [key], signedAt * 1000)).toEqual({
      ok: true,
      claims: { sdkAppId, userId, issuedAt: signedAt, expiresIn: 3600 },
    });
  });

  it.each(["leckie", "bob"])("lets %s in with a userbuf too", async (userId) => {
    for (const userSig of [
      official.genPrivateMapKey(userId, 3600, 10000, 255),
      official.genPrivateMapKeyWithStringRoomID(userId, 3600, "room", 255),
    ]) {
      const { "TLS.time": time, "TLS.userbuf": userBuf } = unpack(userSig);
      const signedAt = Number(time);
      expect(userBuf).toEqual(expect.stringMatching(/^[A-Za-z0-9+/]+={0,2}$/));
      expect(await verifyUserSig(userSig, { sdkAppId, userId }, [key], signedAt * 1000)).toEqual({
        ok: true,
        claims: { sdkAppId, userId, issuedAt: signedAt, expiresIn: 3600, userBuf },
      });
    }
  });

  it("does not let in under another name", async () => {
    expect(await codeOf(official.genUserSig("peter", 3600))).toBe(70013);
  });
});

describe("verifying", () => {
  it("accepts the vector", async () => {
    const expected = { sdkAppId, userId: "administrator" };
    expect(await verifyUserSig(administratorUserSig, expected, [key], now)).toEqual({
      ok: true,
      claims: administrator,
    });
  });

  it("accepts what was signed, whatever the id, the times and the key", async () => {
    const anyClaims = fc.record(
      {
        sdkAppId: fc.nat(4294967295),
        userId: fc.string({ unit: "binary", maxLength: 32 }),
        issuedAt: fc.nat(4294967295),
        expiresIn: fc.nat(1_576_800_000),
        userBuf: fc.base64String(),
      },
      { requiredKeys: ["sdkAppId", "userId", "issuedAt", "expiresIn"] },
    );
    const anyKey = fc.string({ unit: "grapheme", minLength: 1 });
    await fc.assert(
      fc.asyncProperty(anyClaims, anyKey, async (claims, anyone) => {
        const verdict = await verifyUserSig(
          await signUserSig(claims, anyone),
          claims,
          [anyone],
          claims.issuedAt * 1000,
        );
        expect(verdict).toEqual({ ok: true, claims });
      }),
    );
  });

  it("counts the second in which the UserSig expires as its last", async () => {
    const userSig = await signUserSig({ ...leckie, expiresIn: 60 }, key);
    expect(await codeOf(userSig, [key], now + 60_000)).toBe(0);
    expect(await codeOf(userSig, [key], now + 60_999)).toBe(0);
    expect(await codeOf(userSig, [key], now + 61_000)).toBe(70001);
  });

  it("refuses an empty one with 70002", async () => {
    expect(await codeOf("")).toBe(70002);
  });

  it.each([
    ["one that was signed with another key", 70009, leckie, "another key"],
    ["another user's", 70013, { ...leckie, userId: "peter" }, key],
    ["one whose user differs in case", 70013, { ...leckie, userId: "Leckie" }, key],
    ["another app's", 70014, { ...leckie, sdkAppId: 1400000001 }, key],
    ["an expired one", 70001, { ...leckie, issuedAt: issuedAt - 15552001 }, key],
  ])("refuses %s with %i", async (_, code, claims, signedWith) => {
    expect(await codeOf(await signUserSig(claims, signedWith))).toBe(code);
  });

  it("refuses with 70016 where the app has no key", async () => {
    expect(await codeOf(await signUserSig(leckie, key), [])).toBe(70016);
  });

  it("looks at the app first, then at the user, the age, the signature", async () => {
    const peters = { ...leckie, userId: "peter" };
    const late = now + (leckie.expiresIn + 1) * 1000;
    expect(await codeOf(await signUserSig({ ...peters, sdkAppId: 1 }, "another key"), [key], late)).toBe(70014);
    expect(await codeOf(await signUserSig(peters, "another key"), [key], late)).toBe(70013);
    expect(await codeOf(await signUserSig(leckie, "another key"), [key], late)).toBe(70001);
    expect(await codeOf(await signUserSig(leckie, "another key"), [key], now)).toBe(70009);
  });

  it("says in words what is wrong, and of another user's nothing about that user", async () => {
    const expected = { sdkAppId, userId: "leckie" };
    const foreign = await verifyUserSig(await signUserSig({ ...leckie, userId: "peter" }, key), expected, [key], now);
    expect(foreign).toEqual({ ok: false, code: 70013, reason: "the UserSig is for another user" });
  });

  it("accepts either of two keys while they change, in either order", async () => {
    const old = await signUserSig(leckie, "old key");
    const recent = await signUserSig(leckie, "new key");
    for (const keys of [
      ["new key", "old key"],
      ["old key", "new key"],
    ]) {
      expect(await codeOf(old, keys)).toBe(0);
      expect(await codeOf(recent, keys)).toBe(0);
      expect(await codeOf(await signUserSig(leckie, "third key"), keys)).toBe(70009);
    }
    expect(await codeOf(old, ["new key"])).toBe(70009);
  });

  it("refuses a token in which any claim was changed after it was signed", async () => {
    const token = unpack(await signUserSig({ ...leckie, userBuf: "cm9vbQ==" }, key));
    expect(await codeOf(pack(token))).toBe(0);
    expect(await codeOf(pack({ ...token, "TLS.time": issuedAt + 1 }))).toBe(70009);
    expect(await codeOf(pack({ ...token, "TLS.expire": 99999999 }))).toBe(70009);
    expect(await codeOf(pack({ ...token, "TLS.userbuf": "cm9vbR==" }))).toBe(70009);
    expect(await codeOf(pack({ ...token, "TLS.userbuf": undefined }))).toBe(70009);
    expect(await codeOf(pack({ ...token, "TLS.sig": "" }))).toBe(70009);
    const peters = unpack(await signUserSig({ ...leckie, userId: "peter" }, key));
    expect(await codeOf(pack({ ...peters, "TLS.identifier": "leckie" }))).toBe(70009);
  });

  // Lines are signed, and a user's id may hold some: the signature of this id is also that of a token for leckie
  // whose userbuf says the lines that follow.
  it("refuses the signature of an id that spells another user's lines", async () => {
    const rest = "\nTLS.sdkappid:1400000000\nTLS.time:1700000000\nTLS.expire:15552000";
    const crafted = unpack(await signUserSig({ ...leckie, userId: `leckie${rest}\nTLS.userbuf:x` }, key));
    const forged = { ...crafted, "TLS.identifier": "leckie", "TLS.userbuf": `x${rest}` };
    expect(crafted["TLS.sig"]).toBe(hmac(`TLS.identifier:leckie${rest}\nTLS.userbuf:x${rest}\n`));
    expect(await codeOf(pack(forged))).toBe(70003);
  });
});

describe("the tokens of Tencent's other signers", () => {
  const token = {
    "TLS.ver": "2.0",
    "TLS.identifier": "leckie",
    "TLS.sdkappid": 1400000000,
    "TLS.time": 1700000000,
    "TLS.expire": 15552000,
    "TLS.sig": "Zg+G4qUw8hbmpzBh/JaO9CerruqGsgIgBJBWljJolM4=",
  };
  const sorted = Object.fromEntries(Object.entries(token).toSorted(([a], [b]) => a.localeCompare(b)));

  it.each([
    ["without compression", pack(token, (bytes) => deflateSync(bytes, { level: 0 }))],
    ["with the best compression", pack(token, (bytes) => deflateSync(bytes, { level: 9 }))],
    ["with another order of keys", pack(sorted)],
    ["with white space", pack(JSON.stringify(token, null, 4))],
    [
      "ending with a line's end, uncompressed",
      pack(`${JSON.stringify(token)}\n`, (bytes) => deflateSync(bytes, { level: 0 })),
    ],
    ["with fields of their own", pack({ ...token, "TLS.more": [1, 2] })],
    ["without padding", pack(token).replaceAll("_", "")],
  ])("are read %s", async (_, userSig) => {
    expect(await verifyUserSig(userSig, { sdkAppId, userId: "leckie" }, [key], now)).toEqual({
      ok: true,
      claims: leckie,
    });
  });

  const bytes = Buffer.from(JSON.stringify(token));
  it.each([
    ["is not base64", "{}"],
    ["holds a space", `${pack(token)} `],
    ["is a lone letter", "a"],
    ["is padding alone", "____"],
    ["has the alphabet of ordinary base64", Buffer.from(deflateSync(bytes)).toString("base64")],
    ["is not packed", bytes.toString("base64").replaceAll("=", "_")],
    ["is packed without zlib's header", pack(token, (plain) => deflateRawSync(plain))],
    ["is packed as gzip", pack(token, (plain) => gzipSync(plain))],
    ["is cut off", pack(token).slice(0, -24)],
    ["has its check sum cut off", pack(token, (plain) => deflateSync(plain).subarray(0, -4))],
    [
      "has a wrong check sum",
      pack(token, (plain) => Buffer.concat([deflateSync(plain).subarray(0, -4), Buffer.alloc(4)])),
    ],
    ["is not JSON", pack("leckie")],
    ["is not UTF-8", pack(Buffer.concat([bytes.subarray(0, -1), Buffer.from(',"more":"\u00ff"}', "latin1")]))],
    ["is an array", pack([token])],
    ["is null", pack("null")],
    ["is a text", pack('"leckie"')],
    ["has no identifier", pack({ ...token, "TLS.identifier": undefined })],
    ["has a number for an identifier", pack({ ...token, "TLS.identifier": 7 })],
    ["has a text for an app", pack({ ...token, "TLS.sdkappid": "1400000000" })],
    ["has a fraction of a second", pack({ ...token, "TLS.time": 1700000000.5 })],
    ["has a time before 1970", pack({ ...token, "TLS.time": -1 })],
    ["has no expiry", pack({ ...token, "TLS.expire": undefined })],
    ["has an expiry beyond all counting", pack(JSON.stringify(token).replace("15552000", "1e300"))],
    ["has no signature", pack({ ...token, "TLS.sig": undefined })],
    ["has a number for a signature", pack({ ...token, "TLS.sig": 7 })],
    ["has a userbuf that is not base64", pack({ ...token, "TLS.userbuf": "a b" })],
    ["has a number for a userbuf", pack({ ...token, "TLS.userbuf": 7 })],
  ])("are refused with 70003 where one %s", async (_, userSig) => {
    expect(await codeOf(userSig)).toBe(70003);
  });

  it("are refused where they unpack to far more than a token, though all in them is right", async () => {
    const bomb = pack(JSON.stringify(token) + " ".repeat(1_000_000));
    expect(bomb.length).toBeLessThan(2_000);
    expect(await codeOf(bomb)).toBe(70003);
  });

  it("are refused where they are far longer than a token, though all in them is right", async () => {
    const long = await signUserSig({ ...leckie, userBuf: "A".repeat(12_000) }, key);
    expect(await codeOf(long)).toBe(0);
    const longer = pack(unpack(long), (plain) => deflateSync(plain, { level: 0 }));
    expect(longer.length).toBeGreaterThan(8_192);
    expect(await codeOf(longer)).toBe(70003);
  });

  it("never make the verifier throw", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (noise) => {
        expect(await codeOf(pack(Buffer.from(noise), (plain) => plain))).not.toBe(0);
        expect(await codeOf(pack(Buffer.from(noise)))).not.toBe(0);
      }),
    );
  });
});
