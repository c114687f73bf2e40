import { createHmac } from "node:crypto";

import fc from "fast-check";
import { expect, it } from "vitest";

import { signMessage } from "./webhook-signature.ts";

it("is the HMAC that node:crypto makes, whatever the token, the id and the body", () => {
  const token = fc.oneof(
    fc.string({ unit: "binary", minLength: 1, maxLength: 128 }),
    fc.string({ unit: "grapheme", minLength: 60, maxLength: 70 }),
  );
  fc.assert(
    fc.property(token, fc.string(), fc.nat(), fc.string({ unit: "grapheme" }), (key, id, timestamp, text) => {
      const expected = createHmac("sha256", key).update(`${id}.${timestamp}.${text}`).digest("base64");
      const { body, signature } = signMessage([key], id, timestamp, text);
      expect(signature).toBe(`v1,${expected}`);
      expect(body.toString()).toBe(text);
    }),
  );
});

it("is the same for a key as a text and as its bytes", () => {
  for (const key of ["short", "a key that is longer than a block of 64 bytes, which is hashed before it is used"]) {
    expect(signMessage([Buffer.from(key)], "an-id", 1, "{}")).toEqual(signMessage([key], "an-id", 1, "{}"));
  }
});

it("has one for each token, in their order", () => {
  const [one, two] = ["one", "two"].map((token) => signMessage([token], "an-id", 1, "{}").signature);
  expect(signMessage(["one", "two"], "an-id", 1, "{}").signature).toBe(`${one} ${two}`);
});

it("is absent without a token", () => {
  const { body, signature } = signMessage([], "an-id", 1, "{}");
  expect(signature).toBeUndefined();
  expect(body.toString()).toBe("{}");
});
