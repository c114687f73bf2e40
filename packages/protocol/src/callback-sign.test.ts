import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { callbackSign, REQUEST_TIME_TOLERANCE_S, verifyCallbackSign } from "./callback-sign.ts";

// The example of Tencent's page on callbacks.
const token = "xxxxyyyy";
const requestTime = "1669872112";
const sign = "17773bc39a671d7b9aa835458704d2a6db81360a5940292b587d6d760d484061";
const now = Number(requestTime) * 1000;

describe("the Sign of a callback", () => {
  it("is that of the documented example", async () => {
    expect(await callbackSign(token, requestTime)).toBe(sign);
  });

  it("is the SHA-256 of the token followed by the time, whatever the token", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "grapheme" }), fc.nat(), async (anyToken, time) => {
        const expected = createHash("sha256").update(`${anyToken}${time}`, "utf8").digest("hex");
        expect(await callbackSign(anyToken, String(time))).toBe(expected);
      }),
    );
  });
});

describe("checking a Sign", () => {
  it("accepts the right one", async () => {
    expect(await verifyCallbackSign({ sign, requestTime }, [token], now)).toBeUndefined();
  });

  it("accepts it in upper case", async () => {
    expect(await verifyCallbackSign({ sign: sign.toUpperCase(), requestTime }, [token], now)).toBeUndefined();
  });

  it.each([
    ["Sign", { sign: null, requestTime }],
    ["RequestTime", { sign, requestTime: null }],
    ["both", { sign: null, requestTime: null }],
    ["the value of Sign", { sign: "", requestTime }],
    ["the value of RequestTime", { sign, requestTime: "" }],
  ])("says what is missing where %s is", async (_, given) => {
    expect(await verifyCallbackSign(given, [token], now)).toBe("missing");
  });

  it("refuses a Sign made with another token", async () => {
    expect(await verifyCallbackSign({ sign, requestTime }, ["xxxyyy"], now)).toBe("wrong");
  });

  it("refuses a Sign of which one digit differs", async () => {
    const forged = `${sign.slice(0, -1)}0`;
    expect(await verifyCallbackSign({ sign: forged, requestTime }, [token], now)).toBe("wrong");
  });

  it("refuses a Sign that belongs to another time", async () => {
    expect(await verifyCallbackSign({ sign, requestTime: "1669872113" }, [token], now)).toBe("wrong");
  });

  it("refuses every Sign where there is no token to check it with", async () => {
    expect(await verifyCallbackSign({ sign, requestTime }, [], now)).toBe("wrong");
  });

  it.each([
    ["too short", sign.slice(1)],
    ["too long", `${sign}0`],
    ["not hexadecimal", `g${sign.slice(1)}`],
  ])("calls a Sign malformed that is %s", async (_, malformed) => {
    expect(await verifyCallbackSign({ sign: malformed, requestTime }, [token], now)).toBe("malformed");
  });

  it("accepts what is exactly a minute old, or a minute ahead", async () => {
    const tolerance = REQUEST_TIME_TOLERANCE_S * 1000;
    expect(tolerance).toBe(60_000);
    expect(await verifyCallbackSign({ sign, requestTime }, [token], now + tolerance)).toBeUndefined();
    expect(await verifyCallbackSign({ sign, requestTime }, [token], now - tolerance)).toBeUndefined();
  });

  it("refuses what is 61 s old, or 61 s ahead", async () => {
    expect(await verifyCallbackSign({ sign, requestTime }, [token], now + 61_000)).toBe("stale");
    expect(await verifyCallbackSign({ sign, requestTime }, [token], now - 61_000)).toBe("stale");
  });

  // Whoever has one Sign can compute the Sign of a longer text that begins with token, time and padding.
  it.each([
    ["carries what a lengthened hash needs", `${requestTime}\u0080\u0000\u0000${requestTime}`],
    ["has spaces around it", ` ${requestTime} `],
    ["is not an integer", `${requestTime}.0`],
    ["is written with an exponent", "1e9"],
    ["is negative", `-${requestTime}`],
    ["is hexadecimal", "0x6388403"],
    ["has digits of another script", "١٦٦٩٨٧٢١١٢"],
    ["is longer than any time", "1".repeat(13)],
  ])("calls a RequestTime malformed that %s, though its Sign is right", async (_, odd) => {
    const given = { sign: await callbackSign(token, odd), requestTime: odd };
    expect(await verifyCallbackSign(given, [token], now)).toBe("malformed");
  });

  it("accepts either of two tokens while they change", async () => {
    const other = { sign: await callbackSign("next", requestTime), requestTime };
    for (const tokens of [
      [token, "next"],
      ["next", token],
    ]) {
      expect(await verifyCallbackSign({ sign, requestTime }, tokens, now)).toBeUndefined();
      expect(await verifyCallbackSign(other, tokens, now)).toBeUndefined();
    }
    expect(await verifyCallbackSign({ sign, requestTime }, ["next", "last"], now)).toBe("wrong");
  });
});
